import { EXIT_CODES } from '../../model/error-class.ts'
import type { ItemState } from '../../model/item-state.ts'
import { visibleText } from '../../model/visible-text.ts'
import { requestReload } from '../../ledger/request-reload.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import { assertReloadable } from '../../ops/assert-reloadable.ts'
import { choosePipeline } from '../../ops/choose-pipelines.ts'
import { findNamedItem } from '../../ops/find-named-item.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { openProject, sayNothingYet } from '../open-project.ts'
import { itemDocument } from '../report/item-document.ts'
import { reloadTexts } from '../texts/reload-texts.ts'
import { whoAsks } from '../who-asks.ts'

const LOADED: readonly ItemState[] = ['ready', 'ready_with_rejects']

interface ReloadOptions extends CommonOptions {
  readonly json?: true | undefined
}

/** `cauce reload`: has loaded items loaded anew, in the place of what they loaded; 64 when one of those named cannot be. */
export async function reloadCommand(
  cli: Cli,
  { pipeline, items }: { readonly pipeline: string; readonly items: readonly string[] },
  options: ReloadOptions,
): Promise<number> {
  const { speaker, out, err, clock } = cli
  await using open = await openProject(cli, options)
  if (open === undefined) {
    if (options.json !== true) await sayNothingYet(cli, options)
    else out.line(JSON.stringify({ reloaded: [], refused: [] }, undefined, 2))
    return EXIT_CODES.done
  }
  assertReloadable(choosePipeline(open.project, pipeline))
  const named: ItemRow[] = []
  // All are found before the first is asked for: a slip in the third name leaves nothing half asked.
  for (const name of items)
    named.push(
      await findNamedItem(open.ledger, {
        name,
        pipeline,
        accepts: ({ state, kind }) => LOADED.includes(state) && kind === 'file',
      }),
    )
  const [reloaded, refused]: [ItemRow[], ItemRow[]] = [[], []]
  for (const item of named) {
    const sibling = await requestReload(open.ledger, { id: item.id, by: whoAsks(), nowMs: clock.now() })
    if (sibling === undefined) refused.push(item)
    else reloaded.push(sibling)
  }
  if (options.json === true) {
    const documents = (rows: readonly ItemRow[]): unknown =>
      rows.map((item) => itemDocument(item, open.labelOf(item), speaker))
    out.line(JSON.stringify({ reloaded: documents(reloaded), refused: documents(refused) }, undefined, 2))
  } else {
    for (const { id, key } of reloaded)
      out.line(
        `${out.paint('good', '✓')} ${speaker.say(reloadTexts.reloaded, { key: visibleText(key), id })}`,
      )
    for (const item of refused) {
      const text = item.kind === 'replay' ? reloadTexts.isReplay : reloadTexts.notReloaded
      const said = speaker.say(text, { key: visibleText(item.key), state: open.labelOf(item) })
      err.line(`${err.paint('bad', '✗')} ${said}`)
    }
  }
  return refused.length === 0 ? EXIT_CODES.done : EXIT_CODES.usage
}
