import type { ErrorDetails } from '../model/cauce-error.ts'
import { isFailing, isUnsettled, type ItemEvidence } from '../ledger/alert-evidence.ts'
import type { AlertPlan } from '../plan/alerts/alert-plan.ts'
import type { AlertDetails, StoredReason } from './alert-details.ts'
import { itemOfSubject, itemSubject } from './item-subject.ts'
import type { Judge, Look, OpenAlert, Verdict } from './look.ts'

/** The item's side of `onFailure`: one alert for each item that failed or waits, until it is loaded, or gone. */
export function judgeFailedItems(
  look: Look,
  { rule, pipelines }: Parameters<Judge<'failure'>>[1],
  open: ReadonlyMap<string, OpenAlert>,
): readonly Verdict[] {
  return judgeItems(look, { pipelines, open, kind: 'item_failed' }, ({ state }) =>
    (rule.of as readonly string[]).includes(state),
  )
}

/** `onQuarantine`: one alert for each file in quarantine. */
export const judgeQuarantine: Judge<'quarantine'> = async (look, { pipelines }, open) =>
  judgeItems(
    look,
    { pipelines, open, kind: 'quarantined' },
    (item) => item.quarantine !== null && isFailing(item),
  )

interface ItemQuestion {
  readonly pipelines: AlertPlan['pipelines']
  readonly open: ReadonlyMap<string, OpenAlert>
  readonly kind: 'item_failed' | 'quarantined'
}

function judgeItems(
  { items, goneItems }: Look,
  { pipelines, open, kind }: ItemQuestion,
  holds: (item: ItemEvidence) => boolean,
): readonly Verdict[] {
  const gone = [...open.keys()].filter((subject) => goneItems.has(itemOfSubject(subject) ?? 0))
  return [
    ...gone.map((subject): Verdict => ({ kind: 'ended', subject, end: { how: 'over' } })),
    ...items.flatMap((item): readonly Verdict[] => {
      // While it is tried again nobody knows: the alert stays as it is.
      if (!pipelines.includes(item.pipeline) || isUnsettled(item)) return []
      const subject = itemSubject(item.id)
      if (holds(item))
        return [{ kind: 'holds', subject, pipeline: item.pipeline, details: itemDetails(kind, item) }]
      return open.has(subject) ? [{ kind: 'ended', subject, end: { how: 'over', state: item.state } }] : []
    }),
  ]
}

function itemDetails(kind: ItemQuestion['kind'], item: ItemEvidence): AlertDetails {
  const { id, key, state, attempts } = item
  return { kind, itemId: id, key, state, attempts, ...reasonOf(item) }
}

/** The error of an item, to be told in any language. */
export function reasonOf({
  errorCode,
  errorDetails,
}: Pick<ItemEvidence, 'errorCode' | 'errorDetails'>): StoredReason {
  return { errorCode, errorDetails: JSON.parse(errorDetails ?? '{}') as ErrorDetails }
}
