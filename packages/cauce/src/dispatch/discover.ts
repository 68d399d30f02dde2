import { openDeclaredSource } from '../connectors/open-declared-source.ts'
import type { Source, SourceEntry } from '../connectors/source.ts'
import { knownVersions } from '../ledger/known-versions.ts'
import { recordItems } from '../ledger/record-items.ts'
import type { RunContext } from './run-context.ts'

/** A file untouched for this long by a clock we share needs no second look. */
const QUIET_MS = 60_000
const SECOND_LOOK_MS = 1_000

/**
 * Lists the source and records every version not seen before as pending. Where files are seen while they are written, those are
 * left for the next time: a new one counts when its size and time stood still for two looks, one second apart. With `held`, they wait until they
 * are dispatched. Resolves to how many were new.
 */
export async function discover(
  context: RunContext,
  { held = false }: { readonly held?: boolean } = {},
): Promise<number> {
  const { plan, settings, signal, emit } = context
  const source = await openDeclaredSource(settings)
  try {
    if (settings.deleteSource) await source.assertDeletable('')
    let listed = 0
    let fresh = 0
    for await (const seen of source.listPages(plan.source.pattern, signal)) {
      listed += seen.length
      const recorded = await recordItems(context.ledger, {
        pipeline: plan.pipeline,
        runId: context.runId,
        planHash: plan.hash,
        owner: context.owner,
        boundHost: source.capabilities.boundToHost ? context.owner.host : null,
        entries: await settled(context, source, seen),
        held,
        nowMs: context.clock.now(),
      })
      fresh += recorded.filter(({ isNew }) => isNew).length
    }
    emit({ kind: 'discovered', listed, fresh })
    return fresh
  } finally {
    await source.close()
  }
}

async function settled(
  { plan, ledger, clock, signal }: RunContext,
  source: Source,
  seen: readonly SourceEntry[],
): Promise<readonly SourceEntry[]> {
  if (source.capabilities.appearsWhole) return seen
  const known = await knownVersions(ledger, { pipeline: plan.pipeline, entries: seen })
  const isQuiet = (entry: SourceEntry): boolean =>
    known.has(entry) || (source.capabilities.sharesOurClock && clock.now() - entry.modifiedMs >= QUIET_MS)
  if (seen.every(isQuiet)) return seen
  await clock.sleep(SECOND_LOOK_MS, signal)
  const again = new Map((await source.list(plan.source.pattern, signal)).map((entry) => [entry.key, entry]))
  return seen.filter((entry) => {
    const now = again.get(entry.key)
    return now !== undefined && now.sizeBytes === entry.sizeBytes && now.modifiedMs === entry.modifiedMs
  })
}
