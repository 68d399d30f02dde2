import { CauceError } from '../../model/cauce-error.ts'
import type { TableShape } from '../destination.ts'
import { type Bookkeeping, createBookkeeping } from './bookkeeping.ts'
import type { MysqlConnection } from './connection.ts'
import { readTable } from './existing-table.ts'
import { checkShape, type PreparedTable } from './shape.ts'
import { createTableSql } from './table-ddl.ts'

/** What was found or made once, so that it costs nothing per load. */
export class PreparedTables {
  readonly #tables = new Map<string, PreparedTable>()
  #bookkeeping: Bookkeeping | undefined

  /** Creates what is absent and checks what is there. Several processes may do so at once. */
  async prepare(connection: MysqlConnection, shapes: readonly TableShape[]): Promise<void> {
    await this.bookkeeping(connection)
    for (const shape of shapes) await this.table(connection, shape)
  }

  /** Our own tables, made if they are absent. */
  async bookkeeping(connection: MysqlConnection): Promise<Bookkeeping> {
    this.#bookkeeping ??= await createBookkeeping(connection)
    return this.#bookkeeping
  }

  async table(connection: MysqlConnection, shape: TableShape): Promise<PreparedTable> {
    const { name, columns, key, merge, identity } = shape
    const wanted = JSON.stringify([name, columns, key, merge, identity])
    const known = this.#tables.get(wanted)
    if (known !== undefined) return known
    const prepared = await prepareTable(connection, shape)
    this.#tables.set(wanted, prepared)
    return prepared
  }

  /** After an error that speaks of a table's shape: it is no longer what we saw. */
  forget(): void {
    this.#tables.clear()
    this.#bookkeeping = undefined
  }
}

async function prepareTable(connection: MysqlConnection, shape: TableShape): Promise<PreparedTable> {
  checkNames(shape)
  let table = await readTable(connection, shape.name)
  if (table === undefined) {
    await connection.write(createTableSql(shape, connection.facts))
    table = await readTable(connection, shape.name)
  }
  if (table === undefined)
    throw new CauceError('DESTINATION_SHAPE', { table: shape.name, detail: 'it vanished while we looked' })
  return checkShape(shape, table, connection.facts)
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

/** What MySQL does not take as a name, however it is quoted. */
function nameProblem(name: string): string | undefined {
  if (name === '') return 'is empty'
  if (name.length > 64) return 'is longer than 64 characters'
  if (name.endsWith(' ')) return 'ends with a blank'
  // oxlint-disable-next-line no-control-regex
  return /[\0\u{10000}-\u{10ffff}]/u.test(name) ? 'holds a character that MySQL allows in no name' : undefined
}
