import type { RowsOf } from '../alerts/compose-message.ts'
import type { CauceError } from '../model/cauce-error.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import type { ProjectHome } from '../dispatch/project-home.ts'
import { findItem } from '../ledger/find-item.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import { readRejects } from './read-rejects.ts'

/** The first rejected rows of files, for messages. Rows that cannot be read are told as trouble: the message goes without them. */
export function rejectedRowsOf({
  ledger,
  home,
  trouble,
}: {
  readonly ledger: Ledger
  readonly home: ProjectHome
  readonly trouble: (error: CauceError, pipeline: string | undefined) => void
}): RowsOf {
  return async ({ itemId, limit }) => {
    const item = await findItem(ledger, { id: itemId })
    if (item === undefined) return []
    try {
      return (await readRejects(home, item, { limit })).rows
    } catch (caught) {
      trouble(
        toCauceError(caught, { code: 'REJECTS_UNREADABLE', details: { file: item.key } }),
        item.pipeline,
      )
      return []
    }
  }
}
