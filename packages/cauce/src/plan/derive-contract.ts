import type { ColumnPlan, ContractPlan, ReadPlan, Rule } from '../model/plan.ts'
import { columnRules, rowShapeRules } from './compile-contract.ts'
import type { FoundType } from './duckdb/profile-sql.ts'

/** The contract a file keeps by itself: its columns under their own names, in the types its values have. */
export function derivedContract(
  name: string,
  format: ReadPlan['format'],
  headers: readonly string[],
  types: readonly FoundType[],
): ContractPlan {
  const names = columnNames(headers)
  const columns = headers.map((header, i): ColumnPlan => {
    const found = types[i]
    return {
      name: names[i] ?? header,
      headers: [header.trim()],
      anyHeader: false,
      type: found?.type ?? { kind: 'text', maxLength: undefined },
      parse: found?.parse ?? { kind: 'text' },
      // That a file has every value promises nothing for the next.
      nullable: true,
      nulls: undefined,
      normalise: [],
      defaultText: undefined,
    }
  })
  const rules = columns.flatMap(({ name: column, parse }): readonly Rule[] =>
    columnRules(column, { parse, nullable: true, rules: [], level: 'error', code: undefined }),
  )
  return { name, columns, rules: [...rowShapeRules(format), ...rules] }
}

/** Text columns for a file whose header is all that is known. */
export function textColumns(headers: readonly string[]): readonly ColumnPlan[] {
  return derivedContract('', 'csv', headers, []).columns
}

/** Names a contract may have: none empty, none of ours, no two alike but for their case. */
function columnNames(headers: readonly string[]): readonly string[] {
  const taken = new Set(['rowid'])
  return headers.map((header, i) => {
    const bare = header.trim().replace(/^_+/, '')
    const wanted = bare === '' ? `column_${i + 1}` : bare
    let name = wanted
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${wanted}_${n}`
    taken.add(name.toLowerCase())
    return name
  })
}
