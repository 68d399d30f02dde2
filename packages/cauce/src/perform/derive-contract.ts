import { CauceError } from '../model/cauce-error.ts'
import type { ContractPlan, FileReadPlan } from '../model/plan.ts'
import { prepareCsv } from '../formats/csv/prepare-csv.ts'
import { prepareJson } from '../formats/json/prepare-json.ts'
import { openParquet } from '../formats/parquet/open-parquet.ts'
import type { PreparedRows } from '../formats/prepared-rows.ts'
import { XlsxFile } from '../formats/xlsx/open-xlsx.ts'
import { derivedContract, textColumns } from '../plan/derive-contract.ts'
import { fileColumn } from '../plan/duckdb/judge-sql.ts'
import { foundTypes, profileSql, type ProfiledColumn } from '../plan/duckdb/profile-sql.ts'
import { chooseRead } from './choose-read.ts'
import type { JudgeRequest } from './judge-rows.ts'

/** Rules a mask has bits for; a column takes one. */
const MOST_RULES = 62

/** A file whose columns are known and whose values are texts. */
interface Probe {
  readonly header: readonly string[]
  readonly prepared: PreparedRows
  readonly hints: readonly ProfiledColumn['hint'][]
}

/**
 * The contract of a file nobody declared one for: types are found by looking at all its rows, not at a sample. Texts with zeros
 * in front stay texts; broken records say nothing.
 * @throws {CauceError} FILE_UNREADABLE, FILE_BOMB, LAYOUT_COLUMNS for a file that has no columns
 */
export async function deriveContract(request: JudgeRequest): Promise<ContractPlan> {
  const { engine, plan, file } = request
  const { read, path } = await chooseRead(request)
  const { header, prepared, hints } = await probe(request, read, path)
  if (header.length === 0)
    throw new CauceError('LAYOUT_COLUMNS', {
      file,
      detail: 'it has no columns',
      detalle: 'no tiene columnas',
    })
  const names = header.map((_, i) => fileColumn(i))
  const input = {
    relation: `(SELECT * FROM ${prepared.readSql(names, 0)} WHERE _flags = 0)`,
    columns: names.map((sql, i) => ({ sql, hint: hints[i] })),
    nulls: read.nulls,
    hasMoments: read.format === 'parquet' || read.format === 'xlsx',
    hasJson: read.format !== 'csv' && read.format !== 'xlsx',
  }
  const [answers = {}] = await engine.rows(profileSql(input))
  const contract = derivedContract(plan.contract.name, plan.read.format, header, foundTypes(input, answers))
  return withinMask(contract)
}

/** A table too wide to have a rule for every column keeps the types, and is not judged by them: its values have them already. */
function withinMask(contract: ContractPlan): ContractPlan {
  if (contract.rules.length <= MOST_RULES) return contract
  return { ...contract, rules: contract.rules.filter(({ column }) => column === undefined) }
}

async function probe(request: JudgeRequest, read: FileReadPlan, path: string): Promise<Probe> {
  const { engine, file, spoolFolder, signal, plan } = request
  const { maxUnpackedBytes } = plan.limits
  switch (read.format) {
    case 'csv': {
      const prepared = await prepareCsv(path, spoolFolder, {
        options: read,
        file,
        maxUnpackedBytes,
        forceRewrite: true,
        signal,
      })
      const width = prepared.firstRecordWidth ?? 0
      const header = prepared.header ?? Array.from({ length: width }, (_, i) => `column_${i + 1}`)
      return { header, prepared, hints: [] }
    }
    case 'ndjson':
    case 'json': {
      const prepared = await prepareJson(path, spoolFolder, {
        file,
        kind: read.format === 'ndjson' ? 'lines' : 'document',
        path: read.format === 'ndjson' ? [] : read.records,
        columns: 'all',
        signal,
      })
      return { header: prepared.found.map(({ name }) => name), prepared, hints: [] }
    }
    case 'parquet': {
      const opened = await openParquet(engine, path, [])
      const hints = opened.types.map((type) => (/^(DOUBLE|FLOAT)$/.test(type) ? 'double' : undefined))
      return { header: opened.header, prepared: opened.prepare(textColumns(opened.header)), hints }
    }
    case 'xlsx': {
      const opened = await XlsxFile.open(path, { file, read, maxUnpackedBytes, signal })
      try {
        const width = opened.width ?? 0
        const header = opened.header ?? Array.from({ length: width }, (_, i) => `column_${i + 1}`)
        return { header, prepared: await opened.prepare(spoolFolder, textColumns(header)), hints: [] }
      } finally {
        opened.close()
      }
    }
  }
}
