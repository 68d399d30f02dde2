import { EXIT_CODES } from '../../model/error-class.ts'
import { checkLedger, type LedgerCheck } from '../../ops/check-ledger.ts'
import { checkProject, type PipelineCheck } from '../../ops/check-project.ts'
import { loadProject } from '../../ops/load-project.ts'
import type { Issue } from '../../plan/issue.ts'
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
  const ledger = await checkLedger(
    project,
    checks.map(({ pipeline }) => pipeline),
    cli.clock,
  )
  if (options.json === true) cli.out.line(JSON.stringify(checkDocument(checks, ledger, cli), undefined, 2))
  else {
    for (const check of checks) showCheck(cli, check)
    showLedger(cli, ledger)
  }
  const isGood = [...checks, ledger].every(({ issues }) => issues.length === 0)
  return isGood ? EXIT_CODES.done : EXIT_CODES.config
}

function checkDocument(checks: readonly PipelineCheck[], ledger: LedgerCheck, { speaker }: Cli): unknown {
  const told = (issues: readonly Issue[]) =>
    issues.map(({ where, text }) => ({ where, text: text[speaker.language] }))
  return {
    pipelines: checks.map(({ pipeline, issues }) => ({
      pipeline: pipeline.name,
      file: pipeline.file,
      issues: told(issues),
    })),
    ledger: { url: ledger.displayUrl ?? null, issues: told(ledger.issues), notes: told(ledger.notes) },
  }
}

/** Says nothing of a ledger that asks for nothing. */
function showLedger(cli: Cli, { displayUrl, issues, notes }: LedgerCheck): void {
  const { out, speaker } = cli
  if (issues.length + notes.length === 0) return
  const mark = issues.length === 0 ? out.paint('warning', '!') : out.paint('bad', '✗')
  const word = out.paint('heading', speaker.say(checkTexts.ledger))
  out.line(
    `${mark} ${word}  ${displayUrl === undefined ? '' : out.paint('quiet', visibleText(displayUrl))}`.trimEnd(),
  )
  showIssues(cli, [...issues, ...notes])
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
  showIssues({ out, speaker }, issues)
}

function showIssues({ out, speaker }: Pick<Cli, 'out' | 'speaker'>, issues: readonly Issue[]): void {
  for (const { where, text } of issues) {
    const [first = '', ...others] = visibleLines(text[speaker.language])
    out.line(`  ${out.paint('command', visibleText(where))}`)
    out.line(wrapLine(out, '    ', first))
    for (const line of others) out.line(`    ${line}`)
  }
}
