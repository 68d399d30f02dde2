import type { CopyPreview } from '../../ops/copy/preview-copy.ts'
import type { Cli } from '../cli.ts'
import { textWidth } from '../terminal/text-width.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { copyCounts, copyTexts } from '../texts/copy-texts.ts'
import { runTexts } from '../texts/run-texts.ts'

/** What a copy would do, for people. */
export function showCopyPreview({ out, speaker }: Cli, preview: CopyPreview): void {
  const { say, count, figures } = speaker
  const { from, pattern, into, table, mode, columns, files, bytes, keys } = preview
  const rows = [
    [say(copyTexts.fromTitle), `${visibleText(from)}  ${visibleText(pattern)}`],
    [say(copyTexts.intoTitle), `${visibleText(into)}  ${visibleText(table)}  (${mode})`],
    [
      say(copyTexts.columnsTitle),
      columns === null ? say(copyTexts.ownTypes) : visibleText(columns.join(', ')),
    ],
    [say(copyTexts.filesTitle), `${count(copyCounts.files, files)} · ${figures.bytes(bytes)}`],
  ] as const
  const width = Math.max(...rows.map(([title]) => textWidth(title)))
  for (const [title, text] of rows)
    out.line(
      wrapLine(out, `${out.paint('quiet', title)}${' '.repeat(width - textWidth(title))}  `, text, width + 2),
    )
  for (const key of keys) out.line(`${' '.repeat(width + 2)}${visibleText(key)}`)
  if (files > keys.length)
    out.line(`${' '.repeat(width + 2)}${say(runTexts.more, { n: figures.count(files - keys.length) })}`)
}
