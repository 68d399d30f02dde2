import { CauceError } from '../model/cauce-error.ts'
import { failpoint } from '../model/failpoint.ts'
import type { Text } from '../model/language.ts'
import type { RowCounts } from '../model/item-state.ts'
import type { Level, Plan } from '../model/plan.ts'
import type { RuleCount } from '../model/rule-count.ts'
import type { StagingFormat, TableLoad } from '../connectors/destination.ts'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import type { Layout } from '../formats/csv/check-layout.ts'
import { codesOf, MASK_COUNTS_SQL } from '../plan/duckdb/judge-sql.ts'
import { validViewSql } from '../plan/duckdb/table-sql.ts'
import type { ItemFacts } from '../plan/fill-sql.ts'
import { buildTables } from './build-tables.ts'
import { collectRejects, keepRejects } from './collect-rejects.ts'
import { deriveContract } from './derive-contract.ts'
import { judgeFile, type Judged } from './judge-file.ts'
import { linkReplay, rejectsUnderOrigin, settleReplay, type Origin, type Replayed } from './link-replay.ts'

export interface TransformRequest {
  readonly engine: Engine
  readonly plan: Plan
  readonly path: string
  readonly spoolFolder: string
  readonly rejectsFolder: string
  /** The item's key. */
  readonly file: string
  /** What SQL may ask; in a replay, of the item its rows come from. */
  readonly facts: ItemFacts
  readonly stagingFormat: StagingFormat
  /** For replays: where the rows come from, and its records that are loaded already. */
  readonly replay: { readonly origin: Origin; readonly done: ReadonlySet<number> } | undefined
  readonly signal: AbortSignal
}

/** An item's rows, judged and laid out for its destination. */
export interface Transformed {
  readonly counts: RowCounts
  readonly ruleCounts: readonly RuleCount[]
  readonly tables: readonly TableLoad[]
  readonly rejectsSha256: string | undefined
  /** What a replay does to its origin's rejects. */
  readonly replayed: Replayed
  /** Remarks on the file as a whole: a renamed header, a guessed encoding. */
  readonly notes: readonly Text[]
}

/** Judges a spooled file and writes its tables and rejects: every record becomes loaded, rejected or skipped, by count. */
export async function transformItem(request: TransformRequest): Promise<Transformed> {
  const { engine, facts, file, replay, spoolFolder } = request
  const plan = await planFor(request)
  const judged = await judgeFile({ ...request, plan, isReplay: replay !== undefined })
  const { prepared, layout } = judged
  failpoint('transform:after-judge')
  const replayed = replay === undefined ? NOTHING_REPLAYED : await linked(request, judged, replay)
  const relation = replay === undefined ? 'rejects' : 'own_rejects'
  const rejected = await collectRejects(engine, {
    contract: plan.contract,
    prepared,
    facts,
    file,
    relation,
  })
  if (replay !== undefined) await rejectsUnderOrigin(engine, replay.origin)
  await engine.run(validViewSql(plan.contract, { skips: replay !== undefined }))
  const skipped = replay === undefined ? 0 : Number(await engine.scalar('SELECT count(*) FROM skipped'))
  const masks = await countMasks(engine)
  const unbroken = masks.filter(({ errors }) => errors === 0n)
  const ruleCounts = [
    ...countRules(plan, 'error', masks),
    // What is wrong with a reject is said by its errors.
    ...countRules(plan, 'warning', unbroken),
  ]
  const counts: RowCounts = {
    read: prepared.records,
    loaded: unbroken.reduce((sum, { rows }) => sum + rows, 0) - skipped,
    rejected,
    skipped,
    warnings: ruleCounts.reduce((sum, { level, rows }) => sum + (level === 'warning' ? rows : 0), 0),
  }
  if (counts.read !== counts.loaded + counts.rejected + counts.skipped)
    throw new CauceError('ACCOUNTING_MISMATCH', { table: file, detail: JSON.stringify(counts) })
  const tables = await buildTables({ engine, plan, facts }, { format: request.stagingFormat, spoolFolder })
  checkRows(plan, tables, counts)
  const fieldNames = fieldNamesOf(plan, layout.order, layout.fileColumns)
  return {
    counts,
    ruleCounts,
    tables,
    rejectsSha256:
      rejected === 0
        ? undefined
        : await keepRejects(engine, {
            relation,
            spoolFolder,
            folder: request.rejectsFolder,
            loadKey: facts.load_key,
            fieldNames,
          }),
    replayed,
    notes: [...layoutNotes(layout), ...judged.notes],
  }
}

/** The plan, with the file's own contract where none was declared. */
async function planFor(request: TransformRequest): Promise<Plan> {
  const { plan } = request
  if (plan.contract.derived !== true) return plan
  return { ...plan, contract: await deriveContract({ ...request, isReplay: false }) }
}

const NOTHING_REPLAYED: Replayed = { loads: [], loadedBefore: [] }

async function linked(
  { engine, plan, file }: TransformRequest,
  judged: Judged,
  { origin, done }: NonNullable<TransformRequest['replay']>,
): Promise<Replayed> {
  await linkReplay(engine, { contract: plan.contract, file, judged, origin })
  return settleReplay(engine, done)
}

function layoutNotes({ notes }: Layout): readonly Text[] {
  return notes.map(({ column, found }) => ({
    en: `column ${column} is called "${found}"`,
    es: `la columna ${column} se llama "${found}"`,
  }))
}

/** Tables that take all valid rows, or all rejects, must have been written exactly so many. */
function checkRows(plan: Plan, tables: readonly TableLoad[], counts: RowCounts): void {
  for (const [index, { from, mode, name }] of plan.tables.entries()) {
    const expected = from.kind === 'rejects' ? counts.rejected : counts.loaded
    const written = tables[index]?.rows
    if (from.kind !== 'sql' && mode !== 'upsert' && written !== expected)
      throw new CauceError('ACCOUNTING_MISMATCH', {
        table: name,
        detail: `${expected} rows, ${written} written`,
      })
  }
}

/** How many rows broke the same rules. */
interface MaskCount {
  readonly errors: bigint
  readonly warnings: bigint
  readonly rows: number
}

async function countMasks(engine: Engine): Promise<readonly MaskCount[]> {
  const found = await engine.rows(MASK_COUNTS_SQL)
  return found.map(({ errors, warnings, rows }) => ({
    errors: BigInt(String(errors)),
    warnings: BigInt(String(warnings)),
    rows: Number(rows),
  }))
}

function countRules({ contract }: Plan, level: Level, masks: readonly MaskCount[]): RuleCount[] {
  return codesOf(contract, level)
    .map(({ code, bits }) => ({
      code,
      level,
      rows: masks.reduce((sum, { errors, warnings, rows }) => {
        const mask = level === 'error' ? errors : warnings
        return (mask & bits) === 0n ? sum : sum + rows
      }, 0),
    }))
    .filter(({ rows }) => rows > 0)
}

/** For each column of the file, the contract's column it was read as, or '' for none. */
function fieldNamesOf(plan: Plan, order: readonly number[], fileColumns: number): readonly string[] {
  const leading = order.length - plan.contract.columns.length
  return Array.from(
    { length: fileColumns },
    (_, position) => plan.contract.columns[order.indexOf(position) - leading]?.name ?? '',
  )
}
