import { CauceError } from '../../model/cauce-error.ts'
import { EXIT_CODES } from '../../model/error-class.ts'
import { dayBefore } from '../../plan/day-bounds.ts'
import { dateInZone } from '../../plan/periods.ts'
import { choosePipelines } from '../../ops/choose-pipelines.ts'
import type { LoadedPipeline } from '../../ops/load-project.ts'
import { dayDocument } from '../../ops/report/day-document.ts'
import { dayHtmlBody } from '../../ops/report/day-html.ts'
import { dayMarkdown } from '../../ops/report/day-markdown.ts'
import type { DayReport } from '../../ops/report/day-report.ts'
import { findDayReport, findMonthReport, latestDay } from '../../ops/report/find-report.ts'
import type { Html } from '../../ops/report/html.ts'
import { htmlPage } from '../../ops/report/html-page.ts'
import { monthDocument, type MonthReport } from '../../ops/report/month-document.ts'
import { monthHtmlBody } from '../../ops/report/month-html.ts'
import { monthMarkdown } from '../../ops/report/month-markdown.ts'
import { reportWords } from '../../ops/report/report-words.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { openProject, sayNothingYet } from '../open-project.ts'
import { showDayReport } from '../report/day-page.ts'
import { showMonthReport } from '../report/month-page.ts'
import { reportTexts } from '../texts/report-texts.ts'

export interface ReportOptions extends CommonOptions {
  /** yyyy-MM-dd, today or yesterday, in each pipeline's own zone. */
  readonly day?: string | undefined
  readonly month?: string | undefined
  readonly json?: true | undefined
  readonly html?: true | undefined
  readonly markdown?: true | undefined
}

/** `cauce report`: what became of a day or a month, for a terminal, a browser, a printer, or a program. */
export async function reportCommand(
  cli: Cli,
  pipeline: string | undefined,
  options: ReportOptions,
): Promise<number> {
  const { out, speaker } = cli
  const forms = [options.json, options.html, options.markdown].filter((form) => form === true)
  if (forms.length > 1) throw new CauceError('USAGE', { detail: speaker.say(reportTexts.oneForm) })
  if (options.day !== undefined && options.month !== undefined)
    throw new CauceError('USAGE', { detail: speaker.say(reportTexts.oneTime) })
  await using open = await openProject(cli, options)
  if (open === undefined) {
    if (options.json === true) out.line(JSON.stringify({ reports: [] }, undefined, 2))
    else await sayNothingYet(cli, options)
    return EXIT_CODES.done
  }
  const pipelines = choosePipelines(open.project, pipeline === undefined ? [] : [pipeline])
  const reports: AnyReport[] = []
  for (const { plan } of pipelines) reports.push(await reportOf(open.ledger, plan, options, cli.clock.now()))
  show(cli, options, reports)
  return EXIT_CODES.done
}

type AnyReport =
  | { readonly kind: 'day'; readonly report: DayReport }
  | { readonly kind: 'month'; readonly report: MonthReport }

async function reportOf(
  ledger: Ledger,
  plan: LoadedPipeline['plan'],
  { day, month }: ReportOptions,
  nowMs: number,
): Promise<AnyReport> {
  if (month !== undefined)
    return { kind: 'month', report: await findMonthReport(ledger, plan, { month, nowMs }) }
  const today = dateInZone(nowMs, plan.reference.timezone)
  const wanted =
    day === undefined
      ? await latestDay(ledger, plan, nowMs)
      : day === 'today'
        ? today
        : day === 'yesterday'
          ? dayBefore(today)
          : day
  return { kind: 'day', report: await findDayReport(ledger, plan, { day: wanted, nowMs }) }
}

function show(cli: Cli, options: ReportOptions, reports: readonly AnyReport[]): void {
  const { out, speaker } = cli
  if (options.json === true)
    out.line(JSON.stringify({ reports: reports.map((report) => documentOf(report, cli)) }, undefined, 2))
  else if (options.markdown === true)
    out.write(
      reports
        .map((one) =>
          one.kind === 'day' ? dayMarkdown(one.report, speaker) : monthMarkdown(one.report, speaker),
        )
        .join('\n'),
    )
  else if (options.html === true) out.write(pageOf(cli, reports))
  else
    for (const one of reports)
      if (one.kind === 'day') showDayReport(cli, options, one.report)
      else showMonthReport(cli, one.report)
}

function documentOf(one: AnyReport, { speaker }: Cli): unknown {
  return one.kind === 'day' ? dayDocument(one.report, speaker.language) : monthDocument(one.report)
}

/** One page for all of them. */
function pageOf({ speaker, clock }: Cli, reports: readonly AnyReport[]): string {
  const { say, figures: write, language } = speaker
  const [first] = reports
  const time =
    first?.kind === 'month'
      ? say(reportWords.monthTitle, { month: write.monthInWords(first.report.figures.month) })
      : say(reportWords.dayTitle, { day: write.dayInWords(first?.report.figures.day ?? '') })
  const names = reports.map(({ report }) => report.figures.pipeline).join(', ')
  const foot = say(reportWords.madeBy, {
    moment: write.momentIn(clock.now(), first?.report.figures.timezone ?? 'UTC'),
  })
  const body = reports.flatMap((one): readonly Html[] =>
    one.kind === 'day' ? dayHtmlBody(one.report, speaker) : monthHtmlBody(one.report, speaker),
  )
  return htmlPage({ title: `${names}: ${time}`, language, foot }, body)
}
