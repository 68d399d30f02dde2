import type { PostgresConnection, SqlRow } from './connection.ts'
import { quoteName } from './quote.ts'

export interface ExistingColumn {
  readonly name: string
  /** The catalogue's word, of a domain that of its base: `varchar`, `int8`, `timestamptz`. */
  readonly typeName: string
  /** As a column definition says it: `character varying(190)`, `numeric(10,2)`. */
  readonly declared: string
  /** The catalogue's letter: `b` plain, `e` a list of words, … */
  readonly kind: string
  readonly nullable: boolean
  readonly hasDefault: boolean
  /** Computed by the table, or numbered by it always: nobody else may give a value. */
  readonly generated: boolean
  /** Its collation takes different texts for the same. */
  readonly folds: boolean
  readonly collation: string | undefined
  /** Longest text; undefined: no limit. */
  readonly length: number | undefined
  /** Digits behind the point of a numeric; undefined: as many as there are. */
  readonly scale: number | undefined
  /** Digits kept of a fraction of a second; undefined for other types. */
  readonly fractionDigits: number | undefined
}

/** A unique index over whole columns and all rows, checked at once; any other meets nobody's rows. */
export interface UniqueIndex {
  readonly columns: readonly string[]
}

export interface ExistingTable {
  readonly name: string
  /** With its schema, quoted: what statements say. */
  readonly sql: string
  /** The catalogue's letter: `r` a table, `p` a partitioned one, `v` a view, … */
  readonly kind: string
  readonly columns: readonly ExistingColumn[]
  readonly uniqueIndexes: readonly UniqueIndex[]
}

/** What the server says of a table of our schema; undefined where there is none of that name. */
export async function readTable(
  connection: PostgresConnection,
  name: string,
): Promise<ExistingTable | undefined> {
  const { schema } = connection
  const [table] = await connection.rows(
    `select c.oid::text as id, c.relkind::text as kind from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')`,
    [schema, name],
  )
  if (table === undefined) return undefined
  const columns = await connection.rows(COLUMNS_SQL, [table['id'] ?? ''])
  const indexes = await connection.rows(INDEXES_SQL, [table['id'] ?? ''])
  return {
    name,
    sql: `${quoteName(schema)}.${quoteName(name)}`,
    kind: table['kind'] ?? '',
    columns: columns.map(columnOf),
    uniqueIndexes: [...Map.groupBy(indexes, (row) => row['id'])].map(([, rows]) => ({
      columns: rows.map((row) => row['name'] ?? ''),
    })),
  }
}

/** The column a pipeline means: of exactly that name, or where there is none, the only one that differs in capitals alone. */
export function columnNamed(table: ExistingTable, name: string): ExistingColumn | undefined {
  const exact = table.columns.find((column) => column.name === name)
  if (exact !== undefined) return exact
  const alike = table.columns.filter((column) => column.name.toLowerCase() === name.toLowerCase())
  return alike.length === 1 ? alike[0] : undefined
}

/** A domain's own limits lie in its base type; `typmod` is what stands in its brackets. */
const COLUMNS_SQL = `select a.attname as name, t.typname as type_name, t.typtype::text as kind,
    pg_catalog.format_type(a.atttypid, a.atttypmod) as declared, a.attnotnull as required,
    (a.atthasdef or a.attidentity <> '' or d.typdefault is not null) as has_default,
    (a.attgenerated <> '' or a.attidentity = 'a') as generated,
    l.collname as collation, not coalesce(l.collisdeterministic, true) as folds,
    case when d.oid is null then a.atttypmod else d.typtypmod end::text as typmod
  from pg_catalog.pg_attribute a
  left join pg_catalog.pg_type d on d.oid = a.atttypid and d.typtype = 'd'
  join pg_catalog.pg_type t on t.oid = coalesce(nullif(d.typbasetype, 0), a.atttypid)
  left join pg_catalog.pg_collation l on l.oid = a.attcollation
  where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped order by a.attnum`

const INDEXES_SQL = `select i.indexrelid::text as id, a.attname as name
  from pg_catalog.pg_index i
  cross join lateral unnest(i.indkey) with ordinality as k (attnum, place)
  join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
  where i.indrelid = $1::oid and i.indisunique and i.indisvalid and i.indimmediate
    and i.indpred is null and i.indexprs is null and k.place <= i.indnkeyatts
  order by i.indexrelid, k.place`

function columnOf(row: SqlRow): ExistingColumn {
  const typeName = row['type_name'] ?? ''
  const typmod = Number(row['typmod'] ?? -1)
  const nullable = row['required'] !== 't'
  return {
    name: row['name'] ?? '',
    typeName,
    declared: row['declared'] ?? '',
    kind: row['kind'] ?? '',
    nullable,
    hasDefault: nullable || row['has_default'] === 't',
    generated: row['generated'] === 't',
    folds: row['folds'] === 't',
    collation: row['collation'] ?? undefined,
    length: (typeName === 'varchar' || typeName === 'bpchar') && typmod >= 4 ? typmod - 4 : undefined,
    scale: typeName === 'numeric' && typmod >= 4 ? scaleOf(typmod - 4) : undefined,
    fractionDigits: MOMENTS.has(typeName) ? (typmod < 0 ? 6 : typmod) : undefined,
  }
}

const MOMENTS: ReadonlySet<string> = new Set(['timestamp', 'timestamptz', 'time', 'timetz'])

/** The lower eleven bits, which since PostgreSQL 15 may be negative. */
function scaleOf(typmod: number): number {
  return ((typmod & 0x7ff) ^ 1024) - 1024
}
