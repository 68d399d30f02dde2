import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Text } from '../model/language.ts'
import type { ContractPlan, ReadPlan } from '../model/plan.ts'
import { openEngine, type Engine, type EngineRow } from '../engine/duckdb/open-engine.ts'
import type { Contract } from '../pipeline/contract.ts'
import { files } from '../pipeline/files.ts'
import { append, valid } from '../pipeline/tables.ts'
import { compilePlan } from '../plan/compile-plan.ts'
import { collectRejects } from './collect-rejects.ts'
import { deriveContract } from './derive-contract.ts'
import { judgeFile } from './judge-file.ts'
import type { JudgeRequest } from './judge-rows.ts'

/** What became of a file: its valid rows, its rejects, and what was remarked. */
export interface Verdict {
  readonly records: number
  readonly valid: readonly EngineRow[]
  readonly rejects: readonly {
    readonly record: number
    readonly line: number
    readonly codes: string
    readonly raw: string
  }[]
  readonly notes: readonly Text[]
}

/** Bytes of a file, or what makes the file and tells where. */
type Content = string | Buffer | ((folder: string, engine: Engine) => Promise<string>)

/** Judges files by the very path a performer takes, with an engine and a spool folder of its own for each. */
export async function verdictOn(
  content: Content,
  file: string,
  contract: Contract<unknown>,
  read?: ReadPlan,
): Promise<Verdict> {
  return onFile(content, file, { contract, ...(read === undefined ? {} : { read }) }, verdict)
}

/** The contract a file keeps by itself. */
export async function contractOf(content: Content, file: string): Promise<ContractPlan> {
  return onFile(content, file, {}, deriveContract)
}

async function verdict(request: JudgeRequest): Promise<Verdict> {
  const { engine, plan, facts, file } = request
  const { prepared, notes } = await judgeFile(request)
  await collectRejects(engine, { contract: plan.contract, prepared, facts, file, relation: 'rejects' })
  const names = plan.contract.columns.map(({ name }) => `"${name}"`).join(', ')
  const rejects = await engine.rows(
    "SELECT record, line, array_to_string(codes, '|') AS codes, raw FROM rejects ORDER BY record",
  )
  return {
    records: prepared.records,
    valid: await engine.rows(`SELECT ${names} FROM judged WHERE _err = 0 ORDER BY rowid`),
    rejects: rejects.map(({ record, line, codes, raw }) => ({
      record: Number(record),
      line: Number(line),
      codes: String(codes),
      raw: String(raw),
    })),
    notes,
  }
}

async function onFile<Result>(
  content: Content,
  file: string,
  declared: { readonly contract?: Contract<unknown>; readonly read?: ReadPlan },
  work: (request: JudgeRequest) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'cauce-judge-'))
  try {
    await using engine = await openEngine({ spoolDirectory: folder, memoryMb: 256 })
    const path = typeof content === 'function' ? await content(folder, engine) : join(folder, 'original.data')
    if (typeof content !== 'function') writeFileSync(path, content)
    const plan = compilePlan({
      kind: 'pipeline',
      name: 'p',
      options: { from: files('./in'), ...declared, tables: { t: append(valid) }, into: 'duckdb:./x' },
    })
    const facts = { item: file, file, sha256: '', load_key: 'k', run: 'r', reference_date: '2026-01-01' }
    const { signal } = new AbortController()
    return await work({ engine, plan, path, spoolFolder: folder, file, facts, isReplay: false, signal })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
