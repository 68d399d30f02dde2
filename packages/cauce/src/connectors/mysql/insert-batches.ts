import { CauceError } from '../../model/cauce-error.ts'
import type { MysqlConnection } from './connection.ts'
import { quoteNames, quoteText } from './quote.ts'
import { readStagedText, type StagedRow } from './staged-text.ts'

/** Large enough that the round trip does not count, small enough for memory on both sides. */
const BATCH_BYTES = 1024 * 1024

/**
 * Inserts a staged file by statements of many rows, for servers that forbid LOAD DATA LOCAL INFILE. Bounded memory; in strict mode
 * the server refuses what it cannot keep, so no warnings are left to judge.
 * @returns rows inserted, by the server's count
 */
export async function insertBatches(
  connection: MysqlConnection,
  {
    table,
    columns,
    path,
  }: { readonly table: string; readonly columns: readonly string[]; readonly path: string },
): Promise<number> {
  const head = `INSERT INTO ${table} (${quoteNames(columns)}) VALUES `
  // The packet also holds the statement's head and a byte for the command.
  const packetRoom = connection.facts.maxPacketBytes - Buffer.byteLength(head) - 1
  const batchBytes = Math.min(BATCH_BYTES, packetRoom)
  let batch: string[] = []
  let bytes = 0
  let inserted = 0
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return
    const { affectedRows } = await connection.write(head + batch.join(','))
    inserted += affectedRows
    batch = []
    bytes = 0
  }
  for await (const row of readStagedText(path)) {
    const literal = rowLiteral(row)
    const size = Buffer.byteLength(literal) + 1
    if (size > packetRoom)
      throw new CauceError('DESTINATION_REFUSED_ROWS', {
        table,
        detail: `staged row ${inserted + batch.length + 1}: larger than the server takes (max_allowed_packet)`,
      })
    if (bytes + size > batchBytes) await flush()
    batch.push(literal)
    bytes += size
  }
  await flush()
  return inserted
}

/** Every value as a text literal: the column's own reading of it is exact for whole numbers, decimals and moments alike. */
function rowLiteral(row: StagedRow): string {
  return `(${row.map((value) => (value === null ? 'NULL' : quoteText(value))).join(',')})`
}
