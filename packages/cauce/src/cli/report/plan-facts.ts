import type { CsvReadPlan, FileReadPlan, Plan, Setting } from '../../model/plan.ts'
import { readsOf } from '../../plan/reads-of.ts'
import { variablesOf } from '../../plan/resolve-settings.ts'
import { displaySetting } from '../../ops/display-location.ts'
import type { Cli } from '../cli.ts'
import type { Speaker } from '../speaker.ts'
import { textWidth } from '../terminal/text-width.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { planTexts } from '../texts/plan-texts.ts'

/** The plan's settings, one a line: where from, how read, where to, what is kept. */
export function showPlanFacts({ out, speaker }: Cli, plan: Plan): void {
  const { say, figures } = speaker
  const { limits, states, tags } = plan
  const stateWords = Object.entries(states).map(([state, word]) => `${state} = ${word}`)
  const facts: readonly (readonly [string, string])[] = [
    [
      say(planTexts.from),
      say(planTexts.matching, {
        location: settingWord(plan.source.location, say),
        pattern: plan.source.pattern,
      }),
    ],
    [
      say(planTexts.read),
      readsOf(plan.read)
        .map((read) => readWords(read, say))
        .join(' | '),
    ],
    [say(planTexts.into), settingWord(plan.destination, say)],
    [say(planTexts.report), plan.report?.table ?? ''],
    [say(planTexts.versions), versionWords(plan, say)],
    [say(planTexts.archive), archiveWords(plan, say)],
    [say(planTexts.reference), referenceWords(plan, say)],
    [
      say(planTexts.limits),
      say(planTexts.limitsLine, {
        memory: figures.count(limits.memoryMb),
        seconds: figures.count(limits.itemTimeoutSeconds),
        bytes: figures.bytes(limits.maxUnpackedBytes),
      }),
    ],
    [say(planTexts.states), stateWords.join(', ')],
    [say(planTexts.tags), tags.join(', ')],
    [say(planTexts.hash), plan.hash.slice(0, 16)],
  ]
  const shown = facts.filter(([, text]) => text !== '')
  const width = Math.max(...shown.map(([name]) => textWidth(name)))
  out.line(out.paint('heading', visibleText(plan.pipeline)))
  for (const [name, text] of shown) {
    const lead = `  ${out.paint('quiet', name)}${' '.repeat(width - textWidth(name))}  `
    out.line(wrapLine(out, lead, visibleText(text), width + 4))
  }
}

/** What becomes of other bytes under a loaded name, and of loaded bytes under another. */
function versionWords({ versions, duplicates }: Plan, say: Speaker['say']): string {
  if (versions === 'refuse') return say(duplicates === 'refuse' ? planTexts.refuse : planTexts.refuseNames)
  return say(duplicates === 'refuse' ? planTexts.replaceOnce : planTexts.replace)
}

function settingWord(setting: Setting, say: Speaker['say']): string {
  if (setting.kind === 'value') return setting.value
  if (setting.kind === 'first')
    return setting.of.map((one) => settingWord(one, say)).join(say(planTexts.settingElse))
  if (setting.kind === 'address') return settingWord(displaySetting(setting), say)
  const { name, fallback } = setting
  if (fallback === undefined) return say(planTexts.settingAlone, { name })
  if (fallback === '') return say(planTexts.settingOrNothing, { name })
  return say(planTexts.setting, { name, fallback })
}

function readWords(read: FileReadPlan, say: Speaker['say']): string {
  if (read.format === 'csv') return csvWords(read, say)
  return [
    read.format,
    say(read.layout === 'position' ? planTexts.byPosition : planTexts.byName),
    ...unknownWords(read, say),
    ...(read.nulls.length === 0 ? [] : [nullWords(read, say)]),
  ].join('; ')
}

function unknownWords(read: FileReadPlan, say: Speaker['say']): readonly string[] {
  if (read.layout !== 'name') return []
  return [say(read.unknownColumns === 'refuse' ? planTexts.unknownRefused : planTexts.unknownIgnored)]
}

function nullWords({ nulls }: FileReadPlan, say: Speaker['say']): string {
  return say(planTexts.nulls, { list: nulls.map((text) => JSON.stringify(text)).join(' ') })
}

function csvWords(read: CsvReadPlan, say: Speaker['say']): string {
  const sniffable = {
    encoding: read.encoding,
    delimiter: read.delimiter,
    quote: read.quote,
    compression: read.compression,
  }
  const open = Object.entries(sniffable).filter(([, value]) => value === undefined)
  const declared = Object.entries(sniffable).filter(([, value]) => value !== undefined)
  const word = (name: string): string => say(planTexts[name as keyof typeof sniffable])
  return [
    read.format,
    say(read.layout === 'position' ? planTexts.byPosition : planTexts.byName),
    ...unknownWords(read, say),
    ...(read.header ? [] : [say(planTexts.noHeader)]),
    nullWords(read, say),
    ...declared.map(([name, value]) => `${word(name)} ${JSON.stringify(value)}`),
    ...(open.length > 0
      ? [say(planTexts.sniffed, { list: open.map(([name]) => word(name)).join(', ') })]
      : []),
  ].join('; ')
}

function archiveWords({ archive }: Plan, say: Speaker['say']): string {
  const backup =
    archive.backup === undefined
      ? say(planTexts.noBackup)
      : say(planTexts.backupIn, { folder: settingWord(archive.backup, say) })
  return `${backup}; ${say(planTexts.deletes, { setting: settingWord(archive.deleteSource, say) })}`
}

function referenceWords({ reference: { timezone, override } }: Plan, say: Speaker['say']): string {
  const day = say(planTexts.dayOfRun, { zone: timezone })
  if (override === undefined) return day
  if (override.kind === 'value') return override.value
  return say(planTexts.orOverride, { name: variablesOf(override).join(', '), day })
}
