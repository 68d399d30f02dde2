import { cpSync, existsSync, readFileSync, renameSync, rmSync, utimesSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { describeNeeding, sharedPostgres, sharedSftp, sharedSql } from '../servers/shared-servers.ts'
import { readTables } from '../visits/visits-tables.ts'
import { VisitsRun } from '../visits/visits-run.ts'

const data = process.env['CAUCE_TEST_DATA'] ?? ''
const visitas = join(data, 'visitas')
const entrega = join(visitas, 'entrega_1')
const hasData = data !== '' && existsSync(entrega)

interface Scenario {
  readonly visitantes: number
  readonly totales: number
  readonly sha256: string
}
const escenarios = (): Readonly<Record<string, Readonly<Record<string, Scenario>>>> =>
  (
    JSON.parse(readFileSync(join(visitas, 'esperado.json'), 'utf8')) as {
      escenarios: Record<string, Record<string, Scenario>>
    }
  ).escenarios

// oxlint-disable-next-line vitest/no-disabled-tests, vitest/valid-title, vitest/expect-expect -- an alias: titles and bodies come below
const dataTest = test.skipIf(!hasData)
const title = hasData
  ? 'the real visits'
  : 'the real visits [NOT RUN: CAUCE_TEST_DATA names no folder with visitas/entrega_1]'

describe(`${title}, into DuckDB`, () => {
  visitsTests(async () => undefined)
})

describeNeeding('mariadb')(`${title}, into MariaDB`, () => {
  visitsTests(async () => (await sharedSql('mariadb').createDatabase()).url)
})

describeNeeding('mysql')(`${title}, into MySQL`, () => {
  visitsTests(async () => (await sharedSql('mysql').createDatabase()).url)
})

describeNeeding('postgres')(`${title}, into PostgreSQL`, () => {
  visitsTests(async () => (await sharedPostgres().createDatabase()).url)
})

describeNeeding('mariadb', 'sshd')(`${title}, from SFTP`, () => {
  dataTest('files are read, loaded, backed up and deleted at the source', async () => {
    const folder = await sharedSftp().createFolder()
    cpSync(entrega, folder.path, { recursive: true })
    await using visit = new VisitsRun({ destination: (await sharedSql('mariadb').createDatabase()).url })
    const { privateKeyPath, hostKeyFingerprint } = sharedSftp()
    visit.env['VISITAS_ORIGEN'] =
      `${folder.url}?key=${privateKeyPath}&hostkey=${encodeURIComponent(hostKeyFingerprint)}`
    const first = await visit.run({ VISITAS_BORRAR_ORIGEN: 'yes' })
    expect(first.code, first.stderr).toBe(65)
    expect(existsSync(join(folder.path, 'report_7.txt'))).toBe(false)
    expect(existsSync(join(folder.path, 'report_6.txt'))).toBe(true)
    const tables = await readTables(visit.destination)
    expect(tables.estadisticas).toHaveLength(1006)
    expect(tables.visitantes).toHaveLength(1002)
  })
})

function visitsTests(freshDestination: () => Promise<string | undefined>): void {
  const start = async (): Promise<VisitsRun> => {
    const destination = await freshDestination()
    return new VisitsRun({ files: entrega, ...(destination === undefined ? {} : { destination }) })
  }

  dataTest(
    '7 and 8 are loaded, 6 fails by its layout with exit code 65; a second run loads nothing and shows 6 waiting',
    async () => {
      await using visit = await start()
      const first = await visit.run()
      expect(first.code, first.stderr).toBe(65)
      expect(first.document?.runs[0]).toMatchObject({
        pipeline: 'visitas',
        state: 'failed',
        totals: { items: 3, read: 1006, loaded: 1006, rejected: 0, skipped: 0, warnings: 129 },
      })
      const byKey = Object.fromEntries((first.document?.runs[0]?.items ?? []).map((item) => [item.key, item]))
      expect(byKey['report_6.txt']).toMatchObject({ state: 'failed_layout', label: 'FALLO_LAYOUT', read: 0 })
      expect(byKey['report_7.txt']).toMatchObject({
        state: 'ready',
        label: 'COMPLETADO',
        read: 503,
        loaded: 503,
      })
      const tables = await readTables(visit.destination)
      expect(tables.estadisticas).toHaveLength(1006)
      expect(tables.visitantes).toEqual(expectedVisitors())
      expect(
        tables.bitacora.map((row) => row.split(',').at(-1) ?? '').toSorted((a, b) => a.localeCompare(b)),
      ).toEqual(['COMPLETADO', 'COMPLETADO', 'FALLO_LAYOUT'])
      const second = await visit.run()
      expect(second.code, second.stderr).toBe(0)
      expect(second.document?.runs[0]).toMatchObject({
        state: 'done',
        totals: { read: 0, loaded: 0 },
        items: [{ key: 'report_6.txt', state: 'failed_layout', label: 'FALLO_LAYOUT' }],
      })
      expect(await readTables(visit.destination)).toEqual(tables)
    },
  )

  dataTest.each([
    ['1 job, 8 before 7', '1', ['report_8.txt', 'report_7.txt']],
    ['4 jobs', '4', ['report_7.txt', 'report_8.txt']],
  ])('the visitors are the same for any order and number of jobs: %s', async (_, jobs, order) => {
    await using visit = await start()
    const codes: (number | null)[] = []
    const kept = join(visit.folder, 'kept')
    renameSync(visit.source, kept)
    for (const name of order) {
      cpSync(join(kept, name), join(visit.source, name), { recursive: true })
      utimesSync(join(visit.source, name), 1000, 1000)
      if (jobs === '1') codes.push((await visit.run({}, ['--jobs', jobs])).code)
    }
    codes.push((await visit.run({}, ['--jobs', jobs])).code)
    expect(new Set(codes)).toEqual(new Set([0]))
    expect((await readTables(visit.destination)).visitantes).toEqual(expectedVisitors())
  })

  dataTest(
    'counters follow the reference date, forward and back, and also on a day without files',
    async () => {
      await using visit = await start()
      rmSync(join(visit.source, 'report_6.txt'))
      for (const date of ['2013-02-28', '2013-03-01', '2026-11-21', '2013-02-28']) {
        const run = await visit.run({ VISITAS_FECHA_REFERENCIA: date })
        expect(run.code, run.stderr).toBe(0)
        const { visitantes } = await readTables(visit.destination)
        const expected = escenarios()['7+8']?.[`envio@${date}`]
        expect(createHash('sha256').update(visitantes.join('\n')).digest('hex'), date).toBe(expected?.sha256)
      }
    },
  )

  dataTest(
    'the same name with other bytes is refused, the same bytes under another name are a duplicate: neither is loaded',
    async () => {
      await using visit = await start()
      rmSync(join(visit.source, 'report_6.txt'))
      expect((await visit.run()).code).toBe(0)
      const loaded = await readTables(visit.destination)
      cpSync(join(visitas, 'variantes/lf/report_7.txt'), join(visit.source, 'report_7.txt'))
      cpSync(join(entrega, 'report_8.txt'), join(visit.source, 'report_9.txt'))
      const again = await visit.run()
      expect(again.code, again.stderr).toBe(65)
      const states = Object.fromEntries(
        (again.document?.runs[0]?.items ?? []).map(({ key, state }) => [key, state]),
      )
      expect(states).toEqual({ 'report_7.txt': 'refused', 'report_9.txt': 'duplicate' })
      const after = await readTables(visit.destination)
      expect({ ...after, bitacora: [] }).toEqual({ ...loaded, bitacora: [] })
      expect(after.bitacora).toHaveLength(4)
      expect((await visit.run()).code).toBe(0)
    },
  )

  dataTest('a bad date is one reject, with its line and its text as they stand in the file', async () => {
    await using visit = await start()
    rmSync(visit.source, { recursive: true })
    cpSync(join(visitas, 'variantes/fecha_mala'), visit.source, { recursive: true })
    const run = await visit.run()
    expect(run.code, run.stderr).toBe(0)
    expect(run.document?.runs[0]).toMatchObject({
      state: 'done_with_rejects',
      items: [{ label: 'COMPLETADO_CON_ERRORES', read: 503, loaded: 502, rejected: 1 }],
    })
    const { errores } = await readTables(visit.destination)
    const line = readFileSync(join(visitas, 'variantes/fecha_mala/report_8.txt'), 'utf8').split('\n')[4] ?? ''
    expect(errores).toHaveLength(1)
    expect(errores[0]).toContain(`report_8.txt,5,4,fecha_envio:not_a_timestamp,${line},`)
  })
}

function expectedVisitors(): readonly string[] {
  const path = join(visitas, 'esperado/visitantes_7_8_envio_ref2013-02-28.csv')
  return readFileSync(path, 'utf8').trim().split('\n').slice(1).toSorted()
}
