import { EXIT_CODES } from '../../model/error-class.ts'
import { ACTIVE_STATES, type ItemState } from '../../model/item-state.ts'
import { visibleText } from '../../model/visible-text.ts'
import { requestCancel } from '../../ledger/request-cancel.ts'
import { choosePipeline } from '../../ops/choose-pipelines.ts'
import { findNamedItem } from '../../ops/find-named-item.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { openProject, sayNothingYet } from '../open-project.ts'
import { controlTexts } from '../texts/control-texts.ts'
import { whoAsks } from '../who-asks.ts'

const CANCELLABLE: readonly ItemState[] = ['pending', ...ACTIVE_STATES]

/** `cauce cancel`: 64 when one of the items named can no longer be cancelled. */
export async function cancelCommand(
  cli: Cli,
  { pipeline, items }: { readonly pipeline: string; readonly items: readonly string[] },
  options: CommonOptions,
): Promise<number> {
  const { speaker, out, err, clock } = cli
  await using open = await openProject(cli, options)
  if (open === undefined) {
    await sayNothingYet(cli, options)
    return EXIT_CODES.done
  }
  choosePipeline(open.project, pipeline)
  let areAllCancelled = true
  for (const name of items) {
    const accepts = ({ state }: { readonly state: ItemState }): boolean => CANCELLABLE.includes(state)
    const item = await findNamedItem(open.ledger, { name, pipeline, accepts })
    const key = visibleText(item.key)
    const asked = await requestCancel(open.ledger, { id: item.id, by: whoAsks(), nowMs: clock.now() })
    if (asked === undefined) {
      areAllCancelled = false
      const said = speaker.say(controlTexts.notCancelled, { key, state: open.labelOf(item) })
      err.line(`${err.paint('bad', '✗')} ${said}`)
      continue
    }
    const text = asked.state === 'cancelled' ? controlTexts.cancelled : controlTexts.cancelling
    out.line(`${out.paint('good', '✓')} ${speaker.say(text, { key })}`)
  }
  return areAllCancelled ? EXIT_CODES.done : EXIT_CODES.usage
}
