import { createHash } from 'node:crypto'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, test, vi } from 'vitest'
import { CliScene } from '../cli/cli-scene.ts'
import { type MendedRow, parseMended, type SheetForm, writeMended } from '../replay/mended-csv.ts'
import { LOADED, mended, Mending, recordOf, REJECTED, SAMPLE, without } from '../replay/mending.ts'
import { describeNeeding, sharedSql } from '../servers/shared-servers.ts'
import { VisitsRun } from '../visits/visits-run.ts'

// Each runs the command a dozen times, in processes of their own.
vi.setConfig({ testTimeout: 180_000 })

const visitas = join(process.env['CAUCE_TEST_DATA'] ?? '', 'visitas')
const badDate = join(visitas, 'variantes/fecha_mala')
const hasData = process.env['CAUCE_TEST_DATA'] !== undefined && existsSync(badDate)

describe('mended rejects of the visits, into DuckDB', () => {
  replayTests(async () => undefined)
})

describeNeeding('mariadb')('mended rejects of the visits, into MariaDB', () => {
  replayTests(async () => (await sharedSql('mariadb').createDatabase()).url)
})

describeNeeding('mysql')('mended rejects of the visits, into MySQL', () => {
  replayTests(async () => (await sharedSql('mysql').createDatabase()).url)
})

function replayTests(freshDestination: () => Promise<string | undefined>): void {
  test('mended rows are loaded exactly once and linked to their origin; what is still broken stays open', async () => {
    await using mending = await Mending.start(await freshDestination())
    const exported = await mending.export('r.csv')
    expect(exported).toHaveLength(REJECTED)
    const good = exported.slice(0, 20).map(mended)
    const stillBad = exported.slice(20)
    const first = await mending.replay([...good, ...stillBad])
    expect(first.code, first.stderr).toBe(0)
    expect(first.document?.runs[0]).toMatchObject({
      state: 'done_with_rejects',
      items: [{ label: 'COMPLETADO_CON_ERRORES', read: 29, loaded: 20, rejected: 9, skipped: 0 }],
      totals: { items: 1, read: 29, loaded: 20, rejected: 9, skipped: 0 },
    })
    const tables = await mending.tables()
    expect(tables.estadisticas).toHaveLength(LOADED + 20)
    expect(tables.estadisticas.filter((row) => row.includes('Versión ñandú'))).toHaveLength(20)
    expect(tables.visitantes.filter((row) => row.startsWith('corregida_'))).toHaveLength(20)
    // What failed again says where it stood in the file it came from, as the first time: only the load is another.
    const [load = ''] = exported.map((row) => row['_cauce_load'])
    const again = tables.errores.filter((row) => !row.endsWith(`,${load}`))
    expect(again).toHaveLength(9)
    expect(new Set(tables.errores.map((row) => row.slice(0, row.lastIndexOf(','))))).toHaveProperty(
      'size',
      REJECTED,
    )
    expect(tables.bitacora.some((row) => row.includes(',29,20,9,0,0,COMPLETADO_CON_ERRORES'))).toBe(true)
    expect(await mending.replayed()).toBe(20)
    expect((await mending.export('left.csv')).map(recordOf)).toEqual(stillBad.map(recordOf))

    const same = await mending.replay([...good, ...stillBad])
    expect(same.code, same.stderr).toBe(0)
    expect(same.document?.runs[0]).toMatchObject({ state: 'done', items: [], totals: { loaded: 0 } })
    expect(await mending.tables()).toEqual(tables)

    const overlapping = await mending.replay(exported.slice(15).map(mended))
    expect(overlapping.document?.runs[0]?.items).toMatchObject([
      { label: 'COMPLETADO', read: 14, loaded: 9, rejected: 0, skipped: 5 },
    ])
    expect((await mending.tables()).estadisticas).toHaveLength(LOADED + REJECTED)
    expect(await mending.replayed()).toBe(REJECTED)
    const nothing = await mending.cauce(['rejects', 'replay', SAMPLE, '--detailed-exit-codes'])
    expect(nothing.code).toBe(99)
    expect(nothing.stdout).toContain(`No reject of ${SAMPLE} is left`)
    // A plain run has nothing to do with any of it.
    expect((await mending.visit.run()).document?.runs[0]?.totals).toMatchObject({ items: 0, loaded: 0 })
    expect(mending.visit.leftovers()).toEqual([])
  })

  test('the same file sent twice at once, and another that overlaps, load every row once', async () => {
    await using mending = await Mending.start(await freshDestination())
    const exported = await mending.export('r.csv')
    const one = exported.slice(0, 18).map(mended)
    const other = exported.slice(10).map(mended)
    const ended = await Promise.all([mending.replay(one), mending.replay(one), mending.replay(other)])
    for (const { code, stderr } of ended) expect(code, stderr).toBe(0)
    const sum = (name: 'loaded' | 'skipped'): number =>
      ended.reduce((total, { document }) => total + (document?.runs[0]?.totals[name] ?? 0), 0)
    expect([sum('loaded'), sum('skipped')]).toEqual([REJECTED, 8])
    const { estadisticas, visitantes } = await mending.tables()
    expect(estadisticas).toHaveLength(LOADED + REJECTED)
    expect(visitantes.filter((row) => row.startsWith('corregida_'))).toHaveLength(REJECTED)
    expect(await mending.replayed()).toBe(REJECTED)
  })
}

const notRun = hasData ? '' : ' [NOT RUN: CAUCE_TEST_DATA names no folder with visitas/variantes]'

describe.skipIf(!hasData)(`real files${notRun}`, () => {
  test('of which one has a bad date give the same visitors as if it had been right, once it is mended', async () => {
    await using visit = new VisitsRun({ files: badDate })
    cpSync(join(visitas, 'entrega_1/report_7.txt'), join(visit.source, 'report_7.txt'))
    visit.settle()
    const mending = await Mending.after(visit, 'report_8.txt')
    const [row, ...others] = await mending.export('r.csv')
    expect(others).toEqual([])
    expect(row).toMatchObject({ _cauce_record: '4', fecha_envio: '08/020/2013 18:30' })
    const replay = await mending.replay([{ ...row, fecha_envio: '08/02/2013 18:30' }])
    expect(replay.document?.runs[0]?.items).toMatchObject([{ read: 1, loaded: 1 }])
    const { estadisticas, visitantes } = await mending.tables()
    expect(estadisticas).toHaveLength(1006)
    const { escenarios } = JSON.parse(readFileSync(join(visitas, 'esperado.json'), 'utf8')) as {
      readonly escenarios: Record<string, Record<string, { readonly sha256: string } | undefined>>
    }
    expect(createHash('sha256').update(visitantes.join('\n')).digest('hex')).toBe(
      escenarios['7+8']?.['envio@2013-02-28']?.sha256,
    )
  })
})

describe('a mended file', () => {
  test('whose rows do not name their rejects is refused, and nothing of it is recorded', async () => {
    await using mending = await Mending.start(undefined)
    const exported = (await mending.export('r.csv')).map(mended)
    const before = await mending.tables()
    const changed = (row: number, change: MendedRow): MendedRow[] =>
      exported.map((fields, i) => (i === row ? { ...fields, ...change } : fields))
    const wrong: readonly (readonly [MendedRow[], RegExp])[] = [
      [changed(3, { _cauce_load: 'f'.repeat(64) }), /line 5: the row is no reject of report_3\.txt/],
      [changed(3, { _cauce_load: '' }), /line 5: the row is no reject/],
      [changed(4, { _cauce_record: '1' }), /line 6: the row does not say which reject/],
      [changed(4, { _cauce_record: 'x' }), /line 6: the row does not say which reject/],
      [changed(4, { _cauce_record: String(recordOf(exported[9])) }), /line 11: .* an earlier row mends too/],
      [exported.map((row) => without(row, '_cauce_record')), /missing: _cauce_record/],
      // It would have become null in every row.
      [exported.map((row) => without(row, 'links')), /missing: links/],
    ]
    for (const [rows, message] of wrong) {
      const refused = await mending.replay(rows)
      expect(refused.stderr).toMatch(message)
      expect(refused.stderr).toContain('m.csv')
      expect(refused.code).toBe(65)
      expect(refused.document).toEqual({ runs: [] })
    }
    expect(await mending.tables()).toEqual(before)
    expect((await mending.visit.run()).document?.runs[0]?.items).toEqual([])
  })

  test('is of the item it was exported from, and rejects of a replay are mended from where they arose', async () => {
    await using mending = await Mending.start(undefined)
    const replay = await mending.replay(await mending.export('r.csv'))
    const key = replay.document?.runs[0]?.items[0]?.key ?? ''
    expect(replay.document?.runs[0]?.items[0]).toMatchObject({
      read: REJECTED,
      loaded: 0,
      rejected: REJECTED,
    })
    for (const words of [
      ['export', key],
      ['replay', key],
    ]) {
      const refused = await mending.cauce(['rejects', ...words])
      expect(refused.code).toBe(64)
      expect(refused.stderr).toContain(`its rejects are still those of ${SAMPLE}`)
    }
    const overwriting = await mending.cauce(['rejects', 'export', SAMPLE, '--out', 'r.csv'])
    expect(overwriting.code).toBe(64)
    expect(overwriting.stderr).toContain('exists already')
    const shown = JSON.parse((await mending.cauce(['rejects', 'show', key, '--json'])).stdout) as {
      readonly rows: readonly { readonly line: number; readonly raw: string }[]
    }
    expect(shown.rows[0]?.line).toBe(2)
    expect(shown.rows[0]?.raw).toContain(',8,fecha_open:not_a_timestamp,')
  })
})

describe('what spreadsheets make of an export', () => {
  const forms: readonly (readonly [string, Partial<SheetForm>])[] = [
    ['Excel in Spanish', { delimiter: ';', lineEnd: '\r\n', encoding: 'windows-1252' }],
    [
      'Excel, quotes everywhere',
      { delimiter: ';', lineEnd: '\r\n', encoding: 'windows-1252', quotes: 'everywhere' },
    ],
    ['Excel, CSV UTF-8', { delimiter: ';', lineEnd: '\r\n', encoding: 'utf-8 with mark' }],
    ['Excel, Unicode text', { delimiter: '\t', lineEnd: '\r\n', encoding: 'utf-16' }],
    ['LibreOffice, quotes everywhere', { quotes: 'everywhere', encoding: 'utf-8' }],
  ]
  test.each(forms)('%s: mended rows come back as they were meant', async (_, form) => {
    await using mending = await Mending.start(undefined)
    const rows = (await mending.export('r.csv')).map(mended)
    // A row may be in another order, and a column of remarks or an empty one may have joined.
    const sent = rows
      .toReversed()
      .map(({ email = '', ...row }) => ({ ...row, notas: '¿bien?', email, '': '' }))
    const replay = await mending.replay(sent, form)
    expect(replay.code, replay.stderr).toBe(0)
    expect(replay.document?.runs[0]?.items).toMatchObject([{ read: 29, loaded: 29, rejected: 0 }])
    const { estadisticas } = await mending.tables()
    expect(estadisticas.filter((row) => row.includes('Versión ñandú'))).toHaveLength(REJECTED)
    const lists = rows.find((row) => row['ips']?.includes(','))
    expect(estadisticas.filter((row) => row.includes(`,${lists?.['ips']},Versión ñandú,`))).toHaveLength(1)
  })
})

describe('rows that are no reading of their line', () => {
  test('come without fields and with their text; filled by hand they load, left alone they stay rejected', async () => {
    using scene = new CliScene({ 'todo.ts': allNullable() })
    scene.write('entrada/1.csv', 'a,b\nuno,1\nsolo\n=1+1,2,3\nd\0s,4\n')
    const run = await scene.json(['run'])
    expect(run.document).toMatchObject({ runs: [{ totals: { read: 4, loaded: 1, rejected: 3 } }] })
    const shown = await scene.cauce(['rejects', 'show', '1.csv'])
    expect(shown.stdout).toContain('record 4, line 5')
    expect(shown.stdout).toContain(String.raw`d\x00s,4`)
    const rows = await exportedRows(scene)
    expect(rows.map((row) => without(row, '_cauce_load'))).toEqual([
      { _cauce_record: '2', _cauce_rules: 'row:too_few_columns', _cauce_raw: 'solo', a: '', b: '' },
      { _cauce_record: '3', _cauce_rules: 'row:too_many_columns', _cauce_raw: "'=1+1,2,3", a: '', b: '' },
      { _cauce_record: '4', _cauce_rules: 'row:nul_byte', _cauce_raw: String.raw`d\x00s,4`, a: '', b: '' },
    ])
    // Every column may be null, so a row of nothing would hold: it was not mended, and must not pass.
    const untouched = await scene.json(['rejects', 'replay', '1.csv', '--file', 'r.csv'])
    expect(untouched.document).toMatchObject({ runs: [{ totals: { read: 3, loaded: 0, rejected: 3 } }] })
    // As they were kept they are the same rows, under the same contract.
    const asKept = await scene.cauce(['rejects', 'replay', '1.csv', '--detailed-exit-codes'])
    expect([asKept.code, asKept.stdout]).toEqual([99, expect.stringContaining('0 loaded, 3 rejected')])
    const broken = await scene.cauce([
      'sql',
      'SELECT record, line, rules, raw FROM malas ORDER BY ALL',
      '--json',
    ])
    expect(JSON.parse(broken.stdout)).toMatchObject({
      rows: [2, 3, 4].flatMap((record) =>
        Array.from({ length: 2 }, () => ({
          record,
          line: record + 1,
          rules: rows[record - 2]?.['_cauce_rules'],
        })),
      ),
    })
    send(
      scene,
      rows.map((row, i) => (i === 1 ? { ...row, a: "'=1+1", b: '2' } : row)),
    )
    const filled = await scene.json(['rejects', 'replay', '1.csv', '--file', 'm.csv'])
    expect(filled.document).toMatchObject({ runs: [{ totals: { read: 3, loaded: 1, rejected: 2 } }] })
    expect(await valid(scene)).toEqual([
      { a: 'uno', b: 1 },
      { a: '=1+1', b: 2 },
    ])
  })

  test('bytes that are no text are shown as they are to people, and mended by typing the text', async () => {
    using scene = new CliScene({ 'todo.ts': allNullable().replace('csv()', "csv({ encoding: 'utf-8' })") })
    scene.write('entrada/1.csv', '')
    writeFileSync(join(scene.folder, 'entrada/1.csv'), Buffer.from('a,b\npe\xf1a,1\nuno,2\n', 'latin1'))
    const run = await scene.json(['run'])
    expect(run.document).toMatchObject({ runs: [{ totals: { read: 2, loaded: 1, rejected: 1 } }] })
    const shown = await scene.json(['rejects', 'show', '1.csv'])
    expect(shown.document).toMatchObject({
      key: '1.csv',
      rows: [
        {
          record: 1,
          line: 2,
          codes: ['row:undecodable_bytes'],
          raw: String.raw`pe\xF1a,1`,
          undecodable: true,
        },
      ],
    })
    const rows = await exportedRows(scene)
    expect(rows).toMatchObject([{ _cauce_raw: String.raw`pe\xF1a,1`, a: '', b: '' }])
    send(
      scene,
      rows.map((row) => ({ ...row, a: 'peña', b: '1' })),
    )
    await scene.json(['rejects', 'replay', '1.csv', '--file', 'm.csv'])
    expect(await valid(scene)).toEqual([
      { a: 'peña', b: 1 },
      { a: 'uno', b: 2 },
    ])
  })

  test('a row of a mended file that cannot be taken apart is a reject of the replay, under its own place', async () => {
    using scene = new CliScene({ 'todo.ts': allNullable() })
    scene.write('entrada/1.csv', 'a,b\nx,y\n')
    await scene.json(['run'])
    await exportedRows(scene)
    const text = readFileSync(join(scene.folder, 'r.csv'), 'utf8').trimEnd()
    writeFileSync(join(scene.folder, 'm.csv'), `${text.slice(0, text.lastIndexOf(','))}\n`)
    const replay = await scene.json(['rejects', 'replay', '1.csv', '--file', 'm.csv'])
    expect(replay.document).toMatchObject({ runs: [{ totals: { read: 1, loaded: 0, rejected: 1 } }] })
    expect(await exportedRows(scene, 'again.csv')).toHaveLength(1)
  })
})

describe('after a rule was changed', () => {
  test('the rows go back as they were kept, each once, under the contract as it is now', async () => {
    using scene = new CliScene({ 'todo.ts': allNullable() })
    scene.write('entrada/1.csv', 'a,b\nuno,1\ndos,dos\ntres,n/d\ncuatro,4.5\n')
    const run = await scene.json(['run'])
    expect(run.document).toMatchObject({ runs: [{ totals: { read: 4, loaded: 1, rejected: 3 } }] })
    await exportedRows(scene)
    const replay = async (...words: readonly string[]) =>
      (await scene.json(['rejects', 'replay', '1.csv', ...words])).document
    expect(await replay()).toMatchObject({ runs: [{ totals: { read: 3, loaded: 0, rejected: 3 } }] })
    expect(await replay()).toMatchObject({ runs: [{ state: 'done', items: [], totals: { items: 0 } }] })
    // The bytes are the same as before: still it is no duplicate of that replay.
    scene.write('todo.ts', allNullable({ b: `integer().nullable().nulls('n/d')` }))
    expect(await replay()).toMatchObject({ runs: [{ totals: { read: 3, loaded: 1, rejected: 2 } }] })
    scene.write('todo.ts', allNullable({ b: `integer().nullable().nulls('n/d', 'dos')` }))
    // Of a file sent under another contract, what is loaded is skipped and the rest is judged anew.
    expect(await replay('--file', 'r.csv')).toMatchObject({
      runs: [{ totals: { read: 3, loaded: 1, rejected: 1, skipped: 1 } }],
    })
    expect(await replay()).toMatchObject({ runs: [{ totals: { read: 1, loaded: 0, rejected: 1 } }] })
    expect(await valid(scene)).toEqual([
      { a: 'uno', b: 1 },
      { a: 'dos', b: null },
      { a: 'tres', b: null },
    ])
    expect((await scene.cauce(['run', '--detailed-exit-codes'])).code).toBe(99)
  })

  test('what repeats another row of the file repeats it still, though that one is not sent again', async () => {
    using scene = new CliScene({ 'todo.ts': allNullable({ a: 'text().unique()' }) })
    scene.write('entrada/1.csv', 'a,b\nuno,1\nuno,2\nuno,3\ndos,4\n')
    await scene.json(['run'])
    const rows = await exportedRows(scene)
    expect(rows.map((row) => row['_cauce_rules'])).toEqual(['a:repeated', 'a:repeated'])
    const asKept = await scene.json(['rejects', 'replay', '1.csv'])
    expect(asKept.document).toMatchObject({ runs: [{ totals: { read: 2, loaded: 0, rejected: 2 } }] })
    send(
      scene,
      rows.map((row, i) => (i === 0 ? { ...row, a: 'tres' } : row)),
    )
    const changed = await scene.json(['rejects', 'replay', '1.csv', '--file', 'm.csv'])
    expect(changed.document).toMatchObject({ runs: [{ totals: { read: 2, loaded: 1, rejected: 1 } }] })
    scene.write('todo.ts', allNullable({ a: 'text()' }))
    const freed = await scene.json(['rejects', 'replay', '1.csv'])
    expect(freed.document).toMatchObject({ runs: [{ totals: { read: 1, loaded: 1, rejected: 0 } }] })
    expect((await valid(scene)).map(({ a }) => a)).toEqual(['uno', 'tres', 'uno', 'dos'])
  })

  test('a replay the destination cannot take yet stays pending, and rows mended meanwhile are loaded once', async () => {
    using scene = new CliScene({ 'todo.ts': allNullable() })
    scene.write('entrada/1.csv', 'a,b\nuno,1\ndos,x\n')
    await scene.json(['run'])
    const rows = await exportedRows(scene)
    // Another type than the column has.
    scene.write('todo.ts', allNullable({ b: 'text().nullable()' }))
    const first = await scene.json(['rejects', 'replay', '1.csv'])
    expect(first.code).toBe(78)
    expect(first.document).toMatchObject({ runs: [{ state: 'failed', items: [{ state: 'pending' }] }] })
    scene.write('todo.ts', allNullable())
    send(
      scene,
      rows.map((row) => ({ ...row, b: '2' })),
    )
    const second = await scene.json(['rejects', 'replay', '1.csv', '--file', 'm.csv'])
    expect(second.code, second.stderr).toBe(0)
    expect(second.document).toMatchObject({ runs: [{ items: [{ state: 'ready', loaded: 1 }] }] })
    const rest = await scene.json(['run'])
    expect(rest.document).toMatchObject({ runs: [{ totals: { items: 1, read: 1, loaded: 0, skipped: 1 } }] })
    expect(await valid(scene)).toEqual([
      { a: 'uno', b: 1 },
      { a: 'dos', b: 2 },
    ])
  })

  test('a replay that waits for a person gives way to the next one of the same rejects', async () => {
    using scene = new CliScene({ 'todo.ts': allNullable() })
    await sqlOn(
      scene,
      'CREATE TABLE filas (a VARCHAR, b BIGINT CHECK (b < 10), _cauce_load VARCHAR, _cauce_record BIGINT)',
    )
    scene.write('entrada/1.csv', 'a,b\nuno,1\ndos,x\n')
    await scene.json(['run'])
    const rows = await exportedRows(scene)
    const sent = async (b: string) => {
      send(
        scene,
        rows.map((row) => ({ ...row, b })),
      )
      return scene.json(['rejects', 'replay', '1.csv', '--file', 'm.csv'])
    }
    const first = await sent('20')
    expect([first.code, first.document]).toMatchObject([
      65,
      { runs: [{ items: [{ state: 'failed_layout' }] }] },
    ])
    // Sent again it is tried again: a person may have changed the table.
    expect((await sent('20')).document).toMatchObject({ runs: [{ items: [{ state: 'failed_layout' }] }] })
    expect((await sent('2')).document).toMatchObject({ runs: [{ items: [{ state: 'ready', loaded: 1 }] }] })
    const states = (await scene.json(['items'])).document as { readonly items: readonly { state: string }[] }
    expect(states.items.map(({ state }) => state)).toEqual(['ready', 'superseded', 'ready_with_rejects'])
  })
})

/** A statement on the pipeline's DuckDB file, beside the command. */
async function sqlOn(scene: CliScene, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(join(scene.folder, 'todo.duckdb'))
  const connection = await instance.connect()
  await connection.run(sql)
  connection.closeSync()
  instance.closeSync()
}

/** A pipeline of two columns, by default such that a row of nothing would hold. */
function allNullable({ a = 'text().nullable()', b = 'integer().nullable()' } = {}): string {
  return `
import { append, contract, csv, files, integer, pipeline, rejects, text, valid } from 'cauce'
export default pipeline('todo', {
  from: files('./entrada', '*.csv'),
  read: csv(),
  contract: contract('fila', { a: ${a}, b: ${b} }),
  tables: { malas: append(rejects), filas: append(valid) },
  into: 'duckdb:./todo.duckdb',
})
`
}

async function exportedRows(scene: CliScene, file = 'r.csv'): Promise<readonly MendedRow[]> {
  const ended = await scene.cauce(['rejects', 'export', '1.csv', '--out', file])
  expect(ended.code, ended.stderr).toBe(0)
  return parseMended(readFileSync(join(scene.folder, file)))
}

function send(scene: CliScene, rows: readonly MendedRow[]): void {
  writeFileSync(join(scene.folder, 'm.csv'), writeMended(rows))
}

async function valid(scene: CliScene): Promise<readonly Record<string, unknown>[]> {
  const { stdout } = await scene.cauce(['sql', 'SELECT a, b FROM filas ORDER BY b, a', '--json'])
  return (JSON.parse(stdout) as { readonly rows: readonly Record<string, unknown>[] }).rows
}
