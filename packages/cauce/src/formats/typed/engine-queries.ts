/** What formats that the engine itself reads ask of it. */
export interface EngineQueries {
  run(sql: string): Promise<unknown>
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  columns(sql: string): Promise<readonly { readonly name: string; readonly duckdbType: string }[]>
  appendRows(table: string, rows: Iterable<readonly number[]>): Promise<number>
}
