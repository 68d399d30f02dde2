import type { Level, LogicalType, Parse, Test } from '../model/plan.ts'

/** Any header will do for this column, found by its position; another name than expected is noted, not refused. */
export interface AnyName {
  readonly anyName: string
}

/** Accepts whatever name the file gives the column at this position. `expected` is its usual one. */
export function anyName(expected: string): AnyName {
  return { anyName: expected }
}

/** A rule on a value, with the last part of its code (`email:invalid` → `invalid`). */
export interface ValueRule {
  readonly suffix: string
  readonly test: Test
}

/** Everything a column declares. */
export interface ColumnDefinition {
  readonly type: LogicalType
  readonly parse: Parse
  readonly headers: readonly string[] | undefined
  readonly anyHeader: boolean
  readonly nullable: boolean
  readonly nulls: readonly string[] | undefined
  readonly normalise: readonly ('trim' | 'lower' | 'upper')[]
  readonly defaultText: string | undefined
  readonly rules: readonly ValueRule[]
  readonly unique: boolean
  readonly level: Level
  readonly code: string | undefined
}

/**
 * A column of a contract. Every method returns a new column; `Value` is the TypeScript type of its values.
 *
 * @example
 * email: email().lower(),
 * opens: integer().min(0).from('Opens'),
 */
export class Column<Value> {
  readonly definition: ColumnDefinition
  /** Never set: carries the type of the values. */
  declare readonly value: Value

  constructor(definition: ColumnDefinition) {
    this.definition = definition
  }

  /** May be missing: the texts that mean null give NULL instead of a reject. */
  nullable(): Column<Value | null> {
    return new Column({ ...this.definition, nullable: true })
  }

  /** Stands in for a missing value; written as the file would write it. */
  default(text: string): Column<Exclude<Value, null>> {
    return new Column({ ...this.definition, defaultText: text })
  }

  /** The header it is found under, and other names files have used for it. Its own name when not given. */
  from(header: string | AnyName, aliases: readonly string[] = []): Column<Value> {
    const any = typeof header !== 'string'
    const headers = [any ? header.anyName : header, ...aliases]
    return new Column({ ...this.definition, headers, anyHeader: any })
  }

  /** The texts that mean null in this column, instead of the file's. With none, every text counts as written. */
  nulls(...texts: readonly string[]): Column<Value> {
    return new Column({ ...this.definition, nulls: texts })
  }

  /** Drops white space (no-break spaces too) at both ends before anything is judged. */
  trim(): Column<Value> {
    return this.#normalised('trim')
  }

  /** In lower case, before anything is judged; the texts that mean null are compared as the file has them. */
  lower(): Column<Value> {
    return this.#normalised('lower')
  }

  /** In upper case, as `lower`. */
  upper(): Column<Value> {
    return this.#normalised('upper')
  }

  /** Least value allowed; for dates, written in ISO form. */
  min(value: number | string): Column<Value> {
    return this.#ruled({ suffix: 'below_minimum', test: { kind: 'at_least', value: String(value) } })
  }

  /** Greatest value allowed; for dates, written in ISO form. */
  max(value: number | string): Column<Value> {
    return this.#ruled({ suffix: 'above_maximum', test: { kind: 'at_most', value: String(value) } })
  }

  /** Number of characters (code points) allowed. The upper bound also sizes the column in the destination. */
  length(bounds: { readonly min?: number; readonly max?: number }): Column<Value> {
    const { min, max } = bounds
    const type = shortened(this.definition.type, max)
    return new Column<Value>({ ...this.definition, type }).#ruled({
      suffix: 'length',
      test: { kind: 'length', min, max },
    })
  }

  /** The whole text must match. Only what every engine understands: no look-around, no back-references. */
  pattern(pattern: RegExp | string): Column<Value> {
    return this.#ruled({ suffix: 'pattern', test: { kind: 'matches', pattern: patternText(pattern) } })
  }

  /** No two rows of a file may have the same value: the first is valid, later ones are rejects. */
  unique(): Column<Value> {
    return new Column({ ...this.definition, unique: true })
  }

  /** Broken value rules are counted as warnings; the row is loaded all the same. */
  warn(): Column<Value> {
    return new Column({ ...this.definition, level: 'warning' })
  }

  /** One code for every rule of this column, instead of `column:what`. */
  code(code: string): Column<Value> {
    return new Column({ ...this.definition, code })
  }

  #normalised(how: 'trim' | 'lower' | 'upper'): Column<Value> {
    return new Column({ ...this.definition, normalise: [...this.definition.normalise, how] })
  }

  #ruled(rule: ValueRule): Column<Value> {
    return new Column({ ...this.definition, rules: [...this.definition.rules, rule] })
  }
}

/** Of several upper bounds the least sizes the column. */
function shortened(type: LogicalType, max: number | undefined): LogicalType {
  if (type.kind !== 'text' || max === undefined) return type
  return { kind: 'text', maxLength: Math.min(max, type.maxLength ?? max) }
}

/** Flags that change what a pattern matches become part of it, for `check` to refuse: engines do not share them. */
function patternText(pattern: RegExp | string): string {
  if (typeof pattern === 'string') return pattern
  const flags = pattern.flags.replaceAll(/[dguvy]/g, '')
  return flags === '' ? pattern.source : `(?${flags}:${pattern.source})`
}
