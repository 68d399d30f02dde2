import { EXIT_CODES } from '../../model/error-class.ts'
import type { QueryResult } from '../../connectors/destination.ts'
import { loadProject } from '../../ops/load-project.ts'
import { queryDestination } from '../../ops/query-destination.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { projectRequest } from '../project-request.ts'
import { showAnswer } from '../report/query-answer.ts'

interface SqlOptions extends CommonOptions {
  readonly pipeline?: string | undefined
  readonly limit: number
  readonly json?: true | undefined
}

/** `cauce sql`: a look at what was loaded, for whoever has no client of that database. */
export async function sqlCommand(cli: Cli, sql: string, options: SqlOptions): Promise<number> {
  const { pipeline, limit } = options
  const project = await loadProject(projectRequest(cli, options))
  const answer = await queryDestination({ project, pipeline, sql, limit })
  if (options.json === true) cli.out.line(JSON.stringify(answerDocument(answer), undefined, 2))
  else showAnswer(cli, answer)
  return EXIT_CODES.done
}

/** Rows by name: a name that comes twice is numbered. */
function answerDocument({ columns, rows, hasMore }: QueryResult): unknown {
  const names = columns.map((name, index) => {
    const earlier = columns.slice(0, index).filter((other) => other === name).length
    return earlier === 0 ? name : `${name}:${earlier}`
  })
  return {
    columns: names,
    rows: rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null]))),
    hasMore,
  }
}
