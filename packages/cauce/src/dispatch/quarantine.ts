import { failpoint } from '../model/failpoint.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import { itemHistory } from '../ledger/item-history.ts'
import { markQuarantined } from '../ledger/mark-quarantined.ts'
import type { ItemRow } from '../ledger/tables.ts'
import { plainValue } from '../logs/plain-value.ts'
import { lastLogLines } from '../logs/read-logs.ts'
import { redactor } from '../logs/redactor.ts'
import { secretsIn } from '../logs/secrets-of.ts'
import { findOriginal, type FoundOriginal } from './find-original.ts'
import { putInFolder, QUARANTINE_FILES, quarantineFolder, writeInto } from './quarantine-folder.ts'
import { type QuarantineStory, quarantineStory } from './quarantine-story.ts'
import type { RunContext } from './run-context.ts'

/** What putting a file aside takes of a run. */
export type QuarantineTools = Pick<
  RunContext,
  'plan' | 'settings' | 'ledger' | 'home' | 'clock' | 'signal' | 'seats' | 'owner'
>

export interface QuarantineRequest {
  /** As it was settled: failed or refused. */
  readonly item: ItemRow
  /** The file the attempt left in the spool, if it got so far. */
  readonly spooled?: string | undefined
  /** Somebody will come back: a source that cannot be reached now fails the whole. Default: the story is told without the file. */
  readonly mayWait?: boolean | undefined
}

/** All of an item's log is kept beside its file, within reason; the story tells the end of it. */
const MOST_LOG_LINES = 20_000
const STORY_LOG_LINES = 50

/**
 * Puts an item that failed aside: a proven copy of its file, its story and its log in `quarantine/<item>_<content>`, and the folder
 * in the ledger. The original is never moved or changed. Doing it again, in a later round or by somebody else at the same moment,
 * brings the folder up to date. Whoever is killed on the way leaves the item as it was settled, without a folder.
 * @returns the folder; undefined when the item meanwhile is no longer one that failed
 * @throws {CauceError} QUARANTINE_FAILED, DISK_FULL: the failure itself is in the ledger already and stays there
 */
export async function quarantineItem(
  tools: QuarantineTools,
  { item, spooled, mayWait = false }: QuarantineRequest,
): Promise<string | undefined> {
  const { ledger, home, clock, owner } = tools
  const place = quarantineFolder(home, item)
  try {
    const history = await itemHistory(ledger, item.id)
    await putInFolder({ place, owner }, async (draft) => {
      const original = await findOriginal(tools, { item, place, draft, spooled, mayWait })
      failpoint('quarantine:after-copy')
      // Read last: what was logged of the failure itself is on its way to the file.
      const log = await lastLogLines({ logs: home.logs, item }, MOST_LOG_LINES)
      const story = quarantineStory({
        item,
        history,
        ...told(original),
        log: log.slice(-STORY_LOG_LINES),
        nowMs: clock.now(),
      })
      await writeInto(
        draft,
        QUARANTINE_FILES.story,
        `${JSON.stringify(withoutSecrets(tools, story), undefined, 2)}\n`,
      )
      await writeInto(
        draft,
        QUARANTINE_FILES.log,
        log.map((record) => `${JSON.stringify(record)}\n`).join(''),
      )
    })
  } catch (error) {
    throw toCauceError(error, { code: 'QUARANTINE_FAILED', details: { file: item.key, folder: place } })
  }
  failpoint('quarantine:before-mark')
  // One that was released meanwhile keeps its folder until it is loaded.
  const marked = await markQuarantined(ledger, { id: item.id, folder: place, nowMs: clock.now() })
  return marked === undefined ? undefined : place
}

function told(original: FoundOriginal): Pick<QuarantineStory, 'file' | 'noFile'> {
  if (original.kind === 'missing') return { file: null, noFile: original.why }
  const { bytes, sha256 } = original
  return { file: { name: QUARANTINE_FILES.original, bytes, sha256 }, noFile: null }
}

/** Errors name no secrets; a driver's own words might. */
function withoutSecrets({ settings }: QuarantineTools, story: QuarantineStory): unknown {
  const secrets = [settings.sourceUrl, settings.destinationUrl].flatMap(secretsIn)
  return plainValue(story, redactor(secrets), 'en')
}
