import { CauceError } from '../model/cauce-error.ts'
import { openDestination } from '../connectors/destination-registry.ts'
import type { QueryResult } from '../connectors/destination.ts'
import { choosePipelines } from './choose-pipelines.ts'
import type { LoadedProject } from './load-project.ts'
import { readyPipeline } from './ready-pipeline.ts'

export interface QueryRequest {
  readonly project: LoadedProject
  /** Whose destination; undefined where all pipelines have the same. */
  readonly pipeline: string | undefined
  readonly sql: string
  readonly limit: number
}

/**
 * Asks a pipeline's destination a question in its own SQL; nothing can be changed by it.
 * @throws {CauceError} QUERY_WHICH, QUERY_READS_ONLY, QUERY_INVALID, QUERY_NO_DATABASE, and what opening a destination can meet
 */
export async function queryDestination({
  project,
  pipeline,
  sql,
  limit,
}: QueryRequest): Promise<QueryResult> {
  const chosen = choosePipelines(project, pipeline === undefined ? [] : [pipeline])
  const urls = new Set(chosen.map((one) => readyPipeline(project, one).settings.destinationUrl))
  const [url] = urls
  if (url === undefined || urls.size > 1)
    throw new CauceError('QUERY_WHICH', { pipelines: chosen.map(({ name }) => name).join(', ') })
  const destination = await openDestination(url)
  try {
    return await destination.query(sql, { limit })
  } finally {
    await destination.close()
  }
}
