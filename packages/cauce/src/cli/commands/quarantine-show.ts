import { join } from 'node:path'
import { CauceError } from '../../model/cauce-error.ts'
import { EXIT_CODES } from '../../model/error-class.ts'
import { visibleText } from '../../model/visible-text.ts'
import { quarantineFolder } from '../../dispatch/quarantine-folder.ts'
import { type QuarantineStory, readStory } from '../../dispatch/quarantine-story.ts'
import { itemHistory } from '../../ledger/item-history.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { commandHint } from '../command-hint.ts'
import { openProject } from '../open-project.ts'
import { quarantinedItem } from '../quarantined-item.ts'
import { showItem } from '../report/item-page.ts'
import { logLine } from '../report/log-line.ts'
import { quarantineDocument } from '../report/quarantine-document.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { quarantineTexts } from '../texts/quarantine-texts.ts'

/** Lines of the log that are shown; all lie in the folder. */
const LOG_LINES = 15

interface QuarantineShowOptions extends CommonOptions {
  readonly pipeline?: string | undefined
  readonly json?: true | undefined
}

/** `cauce quarantine show`: one item that failed, with everything it takes to decide about it. */
export async function quarantineShowCommand(
  cli: Cli,
  name: string,
  options: QuarantineShowOptions,
): Promise<number> {
  await using open = await openProject(cli, options)
  if (open === undefined) throw new CauceError('ITEM_UNKNOWN', { item: name, ledger: '' })
  const item = await quarantinedItem(open.ledger, name, options.pipeline)
  const label = open.labelOf(item)
  const folder = item.quarantine === null ? undefined : quarantineFolder(open.project.home, item)
  const story = folder === undefined ? undefined : await readStory(folder)
  if (options.json === true) {
    const document = { ...quarantineDocument(item, label, cli.speaker), story: story ?? null }
    cli.out.line(JSON.stringify(document, undefined, 2))
    return EXIT_CODES.done
  }
  showItem(cli, options, { item, label, history: await itemHistory(open.ledger, item.id) })
  showFolder(cli, folder, story)
  showLog(cli, story)
  showChoices(cli, options, item)
  return EXIT_CODES.done
}

function showFolder(
  { out, speaker }: Cli,
  folder: string | undefined,
  story: QuarantineStory | undefined,
): void {
  const { say, figures, language } = speaker
  out.line(`\n${out.paint('heading', say(quarantineTexts.quarantineTitle))}`)
  const fact = (name: string, text: string): void =>
    out.line(wrapLine(out, `  ${out.paint('quiet', name)}  `, text))
  fact(
    say(quarantineTexts.folder),
    folder === undefined ? say(quarantineTexts.noFolder) : visibleText(folder),
  )
  if (folder === undefined || story === undefined) return
  const { file, noFile } = story
  if (file !== null) {
    const path = visibleText(join(folder, file.name))
    fact(
      say(quarantineTexts.file),
      say(quarantineTexts.fileIs, { path, size: figures.bytes(file.bytes), hash: file.sha256 }),
    )
  } else if (noFile !== null)
    fact(say(quarantineTexts.file), say(quarantineTexts.noFile, { why: visibleText(noFile[language]) }))
}

function showLog({ out, speaker }: Cli, story: QuarantineStory | undefined): void {
  if (story === undefined || story.log.length === 0) return
  out.line(`\n${out.paint('heading', speaker.say(quarantineTexts.logTitle))}`)
  for (const record of story.log.slice(-LOG_LINES))
    out.line(`  ${logLine(record, { speaker, screen: out, showsDay: true, showsItem: false })}`)
}

function showChoices(cli: Cli, options: CommonOptions, { id }: ItemRow): void {
  const { out, speaker } = cli
  out.line(`\n${out.paint('heading', speaker.say(quarantineTexts.toDoTitle))}`)
  const release = commandHint(cli, options, ['quarantine', 'release', String(id)])
  const discard = commandHint(cli, options, ['quarantine', 'discard', String(id), '--reason', '…'])
  for (const [text, command] of [
    [quarantineTexts.toRelease, release],
    [quarantineTexts.toDiscard, discard],
  ] as const)
    out.line(wrapLine(out, `  ${out.paint('good', '→')} `, speaker.say(text, { command }), 4))
}
