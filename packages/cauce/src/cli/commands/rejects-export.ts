import { resolve } from 'node:path'
import { EXIT_CODES } from '../../model/error-class.ts'
import { choosePipeline } from '../../ops/choose-pipelines.ts'
import { exportRejects } from '../../ops/export-rejects.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { commandHint, itemWord } from '../command-hint.ts'
import { openProject } from '../open-project.ts'
import { rejectedItem } from '../rejected-item.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { rejectsCounts, rejectsTexts } from '../texts/rejects-texts.ts'

interface RejectsExportOptions extends CommonOptions {
  readonly pipeline?: string | undefined
  readonly out?: string | undefined
  readonly json?: true | undefined
}

/** `cauce rejects export`: rejects of an item as CSV, to be mended by hand. */
export async function rejectsExportCommand(
  cli: Cli,
  name: string,
  options: RejectsExportOptions,
): Promise<number> {
  const { out, speaker } = cli
  await using open = await openProject(cli, options)
  const item = await rejectedItem(open, name, options.pipeline)
  if (open === undefined) return EXIT_CODES.usage
  const { project, ledger } = open
  // Named by number: a file's own name is nothing to build a path from.
  const outPath = resolve(cli.currentFolder, options.out ?? `rejects_${item.id}.csv`)
  const { plan } = choosePipeline(project, item.pipeline)
  const { path, rows, alreadyReplayed } = await exportRejects({
    home: project.home,
    ledger,
    plan,
    item,
    outPath,
  })
  if (options.json === true) {
    out.line(JSON.stringify({ item: item.id, key: item.key, path, rows, alreadyReplayed }, undefined, 2))
    return EXIT_CODES.done
  }
  const written = speaker.count(rejectsCounts.rows, rows)
  out.line(
    `${out.paint('good', '✓')} ${speaker.say(rejectsTexts.exported, { rows: written, path: visibleText(path) })}`,
  )
  if (alreadyReplayed > 0)
    out.line(`  ${speaker.say(rejectsTexts.leftOut, { n: speaker.figures.count(alreadyReplayed) })}`)
  const words = ['rejects', 'replay', itemWord(item), '--file', options.out ?? `rejects_${item.id}.csv`]
  const command = commandHint(cli, options, words)
  out.line(wrapLine(out, '  ', speaker.say(rejectsTexts.thenReplay, { command })))
  return EXIT_CODES.done
}
