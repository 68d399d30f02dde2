import { integer, text } from './schema.ts'

const USUAL = 50
const MOST = 500

const limit = integer({ minimum: 1, maximum: MOST, description: `At most so many; ${USUAL} when not said` })
const BEFORE = 'The page after: what `next` of the page before said'

/** The newest first; each page says where the next begins. */
export const pageFields = { limit, before: integer({ minimum: 1, description: BEFORE }) }
export const textPageFields = { limit, before: text({ maxLength: 100, description: BEFORE }) }

/** One page of a list that is read with the limit given to `read`. */
export async function pageOf<Row extends { readonly id: number | string }>(
  asked: number | undefined,
  read: (limit: number) => Promise<readonly Row[]>,
): Promise<{ readonly rows: readonly Row[]; readonly next: Row['id'] | null }> {
  const size = asked ?? USUAL
  // One more than shown tells whether there is more.
  const found = await read(size + 1)
  const rows = found.slice(0, size)
  return { rows, next: found.length > size ? (rows.at(-1)?.id ?? null) : null }
}
