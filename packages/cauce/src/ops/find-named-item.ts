import { CauceError } from '../model/cauce-error.ts'
import { findItem } from '../ledger/find-item.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import { listItems } from '../ledger/list-items.ts'
import type { ItemRow } from '../ledger/tables.ts'

/**
 * The item a person means: by its number, or by its key (the newest version that `accepts` takes, else the newest).
 * @throws {CauceError} ITEM_UNKNOWN, ITEM_AMBIGUOUS
 */
export async function findNamedItem(
  ledger: Ledger,
  request: {
    readonly name: string
    readonly pipeline?: string | undefined
    readonly accepts?: (item: ItemRow) => boolean
  },
): Promise<ItemRow> {
  const { name, pipeline, accepts = () => true } = request
  const versions = (
    await listItems(ledger, { keyContains: name, ...(pipeline !== undefined && { pipeline }) })
  ).filter(({ key }) => key === name)
  const pipelines = [...new Set(versions.map((item) => item.pipeline))]
  if (pipelines.length > 1)
    throw new CauceError('ITEM_AMBIGUOUS', { item: name, pipelines: pipelines.join(', ') })
  const found = versions.find(accepts) ?? versions[0] ?? (await byNumber(ledger, name))
  if (found === undefined || (pipeline !== undefined && found.pipeline !== pipeline))
    throw new CauceError('ITEM_UNKNOWN', { item: name, ledger: ledger.displayUrl })
  return found
}

async function byNumber(ledger: Ledger, name: string): Promise<ItemRow | undefined> {
  const digits = /^#?([1-9][0-9]{0,15})$/.exec(name)?.[1]
  return digits === undefined ? undefined : findItem(ledger, { id: Number(digits) })
}
