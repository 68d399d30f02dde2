import { CauceError } from '../../model/cauce-error.ts'
import type { TableShape } from '../destination.ts'
import { createBookkeeping } from './bookkeeping.ts'
import type { PostgresConnection } from './connection.ts'
import { toPostgresError } from './errors.ts'
import { readTable } from './existing-table.ts'
import { LONGEST_NAME_BYTES } from './location.ts'
import { checkShape, type PreparedTable } from './shape.ts'
import { createTableSql } from './table-ddl.ts'

/** What was found or made once, so that it costs nothing per load. */
export class PreparedTables {
  readonly #tables = new Map<string, PreparedTable>()
  #hasBookkeeping = false

  /**
   * Creates what is absent and checks what is there, in transactions of its own. Several processes may do so at once.
   * @throws {CauceError} DESTINATION_SHAPE
   */
  async prepare(
    connection: PostgresConnection,
    shapes: readonly TableShape[],
    displayUrl: string,
  ): Promise<void> {
    const unknown = shapes.filter((shape) => !this.#tables.has(keyOf(shape)))
    if (this.#hasBookkeeping && unknown.length === 0) return
    for (const shape of unknown) checkNames(shape)
    await connection.begin()
    await lockDefinitions(connection)
    if (!this.#hasBookkeeping) await createBookkeeping(connection)
    const made: (readonly [string, PreparedTable])[] = []
    for (const shape of unknown) {
      try {
        made.push([keyOf(shape), await prepareTable(connection, shape)])
      } catch (error) {
        throw toPostgresError(error, { displayUrl, table: shape.name })
      }
    }
    await connection.commit()
    this.#hasBookkeeping = true
    for (const [key, table] of made) this.#tables.set(key, table)
  }

  /** A table that was prepared. */
  table(shape: TableShape): PreparedTable {
    const known = this.#tables.get(keyOf(shape))
    if (known === undefined) throw new TypeError(`${shape.name} was not prepared`)
    return known
  }

  /** After an error that speaks of a table's shape: it is no longer what we saw. */
  forget(): void {
    this.#tables.clear()
    this.#hasBookkeeping = false
  }
}

function keyOf({ name, columns, key, merge, identity }: TableShape): string {
  return JSON.stringify([name, columns, key, merge, identity])
}

/** One at a time makes tables in a schema: IF NOT EXISTS alone fails when two do so at once. */
async function lockDefinitions(connection: PostgresConnection): Promise<void> {
  await connection.rows('select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 0))', [
    `cauce:definitions:${connection.schema}`,
  ])
}

async function prepareTable(connection: PostgresConnection, shape: TableShape): Promise<PreparedTable> {
  let table = await readTable(connection, shape.name)
  if (table === undefined) {
    for (const statement of createTableSql(shape, connection.schema)) await connection.write(statement)
    table = await readTable(connection, shape.name)
  }
  if (table === undefined)
    throw new CauceError('DESTINATION_SHAPE', { table: shape.name, detail: 'it vanished while we looked' })
  return checkShape(shape, table)
}

function checkNames(shape: TableShape): void {
  for (const name of [shape.name, ...shape.columns.map((column) => column.name)]) {
    const problem = nameProblem(name)
    if (problem !== undefined)
      throw new CauceError('DESTINATION_SHAPE', {
        table: shape.name,
        detail: `the name "${name}" ${problem}`,
      })
  }
}

/** What PostgreSQL does not take as a name, however it is quoted; longer ones it would cut, and two could become one. */
function nameProblem(name: string): string | undefined {
  if (name === '') return 'is empty'
  if (name.includes('\0')) return 'holds NUL'
  return Buffer.byteLength(name) > LONGEST_NAME_BYTES
    ? `is longer than ${LONGEST_NAME_BYTES} bytes, and PostgreSQL would cut it; choose a shorter one`
    : undefined
}
