import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CauceError } from '../../packages/cauce/src/model/cauce-error.ts'
import { duckdbKit } from '../conformance/destination/duckdb-kit.ts'
import type { DestinationKit } from '../conformance/destination/kit.ts'
import { mysqlKit } from '../conformance/destination/mysql-kit.ts'
import { postgresKit } from '../conformance/destination/postgres-kit.ts'
import { type Account, accountsPlan, fileOf } from '../replace/accounts-pipeline.ts'
import { ReplaceBench, type Snapshot, type Version, type Worker } from '../replace/replace-bench.ts'
import { describeNeeding, sharedPostgres, sharedSql } from '../servers/shared-servers.ts'

describe('versions into DuckDB', () => {
  replacing(duckdbKit, { histories: 10 })
})

for (const server of ['mariadb', 'mysql'] as const)
  describeNeeding(server)(`versions into ${server}`, () => {
    replacing(
      mysqlKit(() => sharedSql(server)),
      { histories: 12 },
    )
  })

describeNeeding('postgres')('versions into postgres', () => {
  replacing(
    postgresKit(() => sharedPostgres()),
    { histories: 12 },
  )
})

const A_ONE = [
  account('ana@x', 1, '2'),
  account('ANA@x ', 2, '3'),
  account('luz@x', 3, 'no'),
  account('sol@x', 4, '5'),
]
const A_TWO = [account('ana@x', 9, '7'), account('paz@x', 5, '1'), account('mar@x', 6, 'no')]
const B = [account('ana@x', 20, '4'), account('sol@x', 21, '6')]

function replacing(kit: DestinationKit, { histories }: { readonly histories: number }): void {
  test('swap: rows of the old one go, merged rows come out as if it had never been', async () => {
    await using bench = await ReplaceBench.make(kit, accountsPlan({ versions: 'replace' }))
    const worker = await bench.worker()
    expect(await worker.carry(await bench.version('a.csv', fileOf(A_ONE)))).toMatchObject({
      state: 'ready_with_rejects',
      counts: { read: 4, loaded: 3, rejected: 1 },
    })
    await worker.carry(await bench.version('b.csv', fileOf(B)))
    expect(await worker.carry(await bench.version('a.csv', fileOf(A_TWO)))).toMatchObject({
      state: 'ready_with_rejects',
      counts: { read: 3, loaded: 2, rejected: 1 },
      notes: [{ en: 'took the place of an earlier load' }],
    })
    const expected = await loadedOnly(kit, [
      ['a.csv', fileOf(A_TWO)],
      ['b.csv', fileOf(B)],
    ])
    expect(await bench.snapshot()).toEqual(expected)
    expect(await reportOf(bench)).toEqual([
      'a.csv CON_ERRORES 2',
      'a.csv REEMPLAZADO 3',
      'b.csv COMPLETADO 2',
    ])
    expect(await worker.carry(await bench.version('a.csv', fileOf(A_TWO)))).toMatchObject({
      counts: { loaded: 2 },
      notes: [],
    })
    expect(await bench.snapshot()).toEqual(expected)
  })

  test('an old version that comes late is superseded, however often it is tried', async () => {
    await using bench = await ReplaceBench.make(kit, accountsPlan({ versions: 'replace' }))
    const worker = await bench.worker()
    const [late, lost] = [
      await bench.version('a.csv', fileOf(A_ONE)),
      await bench.version('a.csv', fileOf(B)),
    ]
    await worker.carry(lost)
    await worker.carry(await bench.version('a.csv', fileOf(A_TWO)))
    for (const version of [late, lost, late])
      expect(await worker.carry(version)).toMatchObject({ state: 'superseded', counts: { loaded: 0 } })
    expect(await bench.snapshot()).toEqual(await loadedOnly(kit, [['a.csv', fileOf(A_TWO)]]))
    expect(await reportOf(bench)).toEqual([
      'a.csv CON_ERRORES 2',
      'a.csv REEMPLAZADO 0',
      'a.csv REEMPLAZADO 0',
    ])
  })

  test('bytes that come back under their name are loaded again', async () => {
    await using bench = await ReplaceBench.make(kit, accountsPlan({ versions: 'replace' }))
    const worker = await bench.worker()
    for (const rows of [A_ONE, A_TWO, A_ONE]) await worker.carry(await bench.version('a.csv', fileOf(rows)))
    expect(await bench.snapshot()).toEqual(await loadedOnly(kit, [['a.csv', fileOf(A_ONE)]]))
    expect(await reportOf(bench)).toEqual(['a.csv CON_ERRORES 3', 'a.csv REEMPLAZADO 2'])
  })

  test('where versions are refused a reload still replaces its own earlier load, and only that', async () => {
    await using bench = await ReplaceBench.make(kit, accountsPlan())
    const worker = await bench.worker()
    const first = await bench.version('a.csv', fileOf(A_ONE))
    await worker.carry(first)
    await worker.carry(await bench.version('b.csv', fileOf(B)))
    const before = await bench.snapshot()
    await bench.database.run("UPDATE personas SET opens = 1000 WHERE persona = 'ana@x'")
    expect(await worker.carry(bench.reload(first))).toMatchObject({ state: 'ready_with_rejects' })
    expect(await bench.snapshot()).toEqual(before)
    const other = await bench.version('a.csv', fileOf(A_TWO))
    expect(await worker.attempt(other)).toMatchObject({
      state: 'refused',
      error: { code: 'VERSION_REFUSED' },
    })
    expect(await worker.attempt(bench.reload(other))).toMatchObject({ state: 'refused' })
    expect(await worker.carry(await bench.version('c.csv', fileOf(A_ONE)))).toMatchObject({
      state: 'duplicate',
    })
    expect(await bench.snapshot()).toEqual(before)
  })

  test('a reload brings back what somebody emptied', async () => {
    await using bench = await ReplaceBench.make(kit, accountsPlan())
    const worker = await bench.worker()
    const first = await bench.version('a.csv', fileOf(A_ONE))
    await worker.carry(first)
    const before = await bench.snapshot()
    for (const table of Object.keys(before)) await bench.database.run(`DELETE FROM ${table}`)
    await worker.carry(bench.reload(first))
    expect(await bench.snapshot()).toEqual(before)
  })

  test('the same bytes under another name are loaded where versions replace one another, unless that is refused', async () => {
    for (const [duplicates, state] of [
      [undefined, 'ready_with_rejects'],
      ['refuse', 'duplicate'],
    ] as const) {
      const plan = accountsPlan({ versions: 'replace', ...(duplicates === undefined ? {} : { duplicates }) })
      await using bench = await ReplaceBench.make(kit, plan)
      const worker = await bench.worker()
      await worker.carry(await bench.version('a.csv', fileOf(A_ONE)))
      expect(await worker.carry(await bench.version('b.csv', fileOf(A_ONE)))).toMatchObject({ state })
    }
  })

  test('mended rows go with the version whose rejects they were', async () => {
    await using bench = await ReplaceBench.make(kit, accountsPlan({ versions: 'replace' }))
    const worker = await bench.worker()
    const first = await bench.version('a.csv', fileOf(A_ONE))
    await worker.carry(first)
    const replay = { loadKey: first.loadKey ?? '', item: 'a.csv' }
    const mended = async (name: string): Promise<Version> =>
      bench.version(name, mendedFile(replay.loadKey, 3, account('luz@x', 3, '9')))
    const sent = await mended('replay-1.csv')
    expect(await worker.carry(sent, { replay })).toMatchObject({ state: 'ready', counts: { loaded: 1 } })
    expect((await bench.snapshot())['detalle']).toHaveLength(4)
    expect(await worker.carry(await bench.version('a.csv', fileOf(A_TWO)))).toMatchObject({
      notes: [{}, { en: '1 replays of its rejects went with it' }],
    })
    const expected = await loadedOnly(kit, [['a.csv', fileOf(A_TWO)]])
    expect(await bench.snapshot()).toEqual(expected)
    expect(await reportOf(bench)).toEqual([
      'a.csv CON_ERRORES 2',
      'a.csv REEMPLAZADO 3',
      'replay-1.csv REEMPLAZADO 1',
    ])
    for (const late of [await mended('replay-2.csv'), sent])
      expect(await worker.carry(late, { replay })).toMatchObject({ state: 'superseded' })
    expect(await bench.snapshot()).toEqual(expected)
  })

  test('rows changed by hand in part are told, and nothing is replaced', async () => {
    await using bench = await ReplaceBench.make(kit, accountsPlan({ versions: 'replace' }))
    const worker = await bench.worker()
    await worker.carry(await bench.version('a.csv', fileOf(A_ONE)))
    await bench.database.run("DELETE FROM detalle WHERE email = 'sol@x'")
    const before = await bench.snapshot()
    const { error } = await worker.attempt(await bench.version('a.csv', fileOf(A_TWO)))
    expect(error && CauceError.fromReport(error).message).toMatch(
      /detalle: 2 rows of the replaced load were there instead of 3/,
    )
    expect(await bench.snapshot()).toEqual(before)
  })

  test('any history of versions and reloads, carried in any order by rivals, ends as the last versions alone', async () => {
    await fc.assert(
      fc.asyncProperty(historyArb, async (history) => {
        await using bench = await ReplaceBench.make(kit, accountsPlan({ versions: 'replace' }))
        const workers = [await bench.worker(), await bench.worker(), await bench.worker()]
        const recorded: Version[] = []
        for (const step of history.steps) {
          const key = KEYS[step.key] ?? 'a.csv'
          const newest = recorded.findLast((version) => version.key === key)
          recorded.push(
            step.kind === 'reload' && newest !== undefined
              ? bench.reload(newest)
              : await bench.version(key, fileOf(step.rows)),
          )
        }
        const order = history.order.map((place) => recorded[place % recorded.length] ?? recorded[0])
        await carryAll(workers, [...order.filter((version) => version !== undefined), ...recorded])
        const last = new Map(recorded.map((version) => [version.key, version]))
        const files = await Promise.all(
          [...last.values()].map(
            async ({ key, folder }) => [key, await readFile(join(folder, key), 'utf8')] as const,
          ),
        )
        expect(await bench.snapshot()).toEqual(await loadedOnly(kit, files))
      }),
      { numRuns: histories, endOnFailure: true },
    )
  }, 240_000)
}

const KEYS = ['a.csv', 'b.csv', 'c.csv']

const accountArb = fc.record({
  email: fc.constantFrom('ana@x', 'ANA@X', ' luz@x', 'luz@x', 'sol@x', 'peña@x'),
  fecha: fc
    .tuple(fc.constantFrom('2013-01', '2013-02'), fc.constantFrom('01', '02', '15'))
    .map(([month, day]) => `${month}-${day} 10:00:00`),
  opens: fc.constantFrom('1', '2', '30', '', 'no'),
  importe: fc.constantFrom('0.01', '12345678.90', '-3.50', ''),
  peso: fc.constantFrom('0.1', '1e-7', '2.5', ''),
  activo: fc.constantFrom('true', 'false', ''),
  nota: fc.constantFrom('NULL', 'a,"b";\nc', 'ñ', ''),
})

const historyArb = fc.record({
  steps: fc.array(
    fc.record({
      kind: fc.constantFrom('version' as const, 'version' as const, 'reload' as const),
      key: fc.nat({ max: KEYS.length - 1 }),
      rows: fc.array(accountArb, { maxLength: 8 }),
    }),
    { minLength: 1, maxLength: 7 },
  ),
  order: fc.array(fc.nat({ max: 20 }), { maxLength: 14 }),
})

/** Each version in turn by whoever is free, several at once; what met others too often is tried again. */
async function carryAll(workers: readonly Worker[], versions: readonly Version[]): Promise<void> {
  const waiting = [...versions]
  await Promise.all(
    workers.map(async (worker) => {
      for (let version = waiting.shift(); version !== undefined; version = waiting.shift()) {
        const { error } = await worker.attempt(version)
        if (error?.code === 'DESTINATION_BUSY') waiting.push(version)
        else if (error !== undefined) throw CauceError.fromReport(error)
      }
    }),
  )
}

/** The tables after these files alone, each once, on a fresh destination. */
async function loadedOnly(
  kit: DestinationKit,
  files: readonly (readonly [string, string])[],
): Promise<Snapshot> {
  await using bench = await ReplaceBench.make(kit, accountsPlan({ duplicates: 'load' }))
  const worker = await bench.worker()
  for (const [key, content] of files) await worker.carry(await bench.version(key, content))
  return await bench.snapshot()
}

/** The load report, a line for each version: name, state, rows loaded. */
async function reportOf(bench: ReplaceBench): Promise<readonly string[]> {
  const rows = await bench.database.read('bitacora', ['archivo', 'estado', 'validos'])
  return rows.map((row) => row.join(' ')).toSorted()
}

/** One mended reject, as a person sends it. */
function mendedFile(loadKey: string, record: number, row: Account): string {
  const values = [loadKey, String(record), '', '', ...Object.values(row)]
  return [
    `_cauce_load,_cauce_record,_cauce_rules,_cauce_raw,${Object.keys(row).join(',')}`,
    values.map((value) => `"${value.replaceAll('"', '""')}"`).join(','),
    '',
  ].join('\n')
}

function account(email: string, day: number, opens: string): Account {
  return {
    email,
    fecha: `2013-${day % 2 === 0 ? '02' : '01'}-${String(day).padStart(2, '0')} 10:00:00`,
    opens,
    importe: `${day}.25`,
    peso: day % 3 === 0 ? '' : `${day}.125`,
    activo: day % 2 === 0 ? 'true' : '',
    nota: day % 4 === 0 ? '' : `nota; "${day}"`,
  }
}
