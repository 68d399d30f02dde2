import { EXIT_CODES } from '../../model/error-class.ts'
import { checkProject, type PipelineCheck } from '../../ops/check-project.ts'
import { loadProject } from '../../ops/load-project.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { projectRequest } from '../project-request.ts'
import { visibleLines, visibleText } from '../terminal/visible-text.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { checkCounts, checkTexts } from '../texts/check-texts.ts'

/** `cauce check`: every issue with where it stands and what to write instead; 78 when there is one. */
export async function checkCommand(
  cli: Cli,
  pipelines: readonly string[],
  options: CommonOptions & { readonly json?: true | undefined },
): Promise<number> {
  const project = await loadProject(projectRequest(cli, options))
  const checks = await checkProject(project, pipelines)
  if (options.json === true) cli.out.line(JSON.stringify(checkDocument(checks, cli), undefined, 2))
  else for (const check of checks) showCheck(cli, check)
  return checks.every(({ issues }) => issues.length === 0) ? EXIT_CODES.done : EXIT_CODES.config
}

function checkDocument(checks: readonly PipelineCheck[], { speaker }: Cli): unknown {
  return {
    pipelines: checks.map(({ pipeline, issues }) => ({
      pipeline: pipeline.name,
      file: pipeline.file,
      issues: issues.map(({ where, text }) => ({ where, text: text[speaker.language] })),
    })),
  }
}

function showCheck({ out, speaker }: Cli, { pipeline: { name, file, plan }, issues }: PipelineCheck): void {
  const declared = out.paint('quiet', speaker.say(checkTexts.declaredIn, { file: visibleText(file) }))
  const title = `${out.paint('heading', visibleText(name))}  ${declared}`
  if (issues.length === 0) {
    const size = [
      speaker.count(checkCounts.columns, plan.contract.columns.length),
      speaker.count(checkCounts.rules, plan.contract.rules.length),
      speaker.count(checkCounts.tables, plan.tables.length),
    ].join(', ')
    out.line(
      `${out.paint('good', '✓')} ${title}  ${out.paint('good', speaker.say(checkTexts.good))} ${out.paint('quiet', `(${size})`)}`,
    )
    return
  }
  const count = out.paint('bad', speaker.count(checkCounts.issues, issues.length))
  out.line(`${out.paint('bad', '✗')} ${title}  ${count}`)
  for (const { where, text } of issues) {
    const [first = '', ...others] = visibleLines(text[speaker.language])
    out.line(`  ${out.paint('command', visibleText(where))}`)
    out.line(wrapLine(out, '    ', first))
    for (const line of others) out.line(`    ${line}`)
  }
}
