import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CliScene, HEADER } from '../cli/cli-scene.ts'

async function soldScene(): Promise<CliScene> {
  const scene = new CliScene()
  scene.write('entrada/buenas.csv', `${HEADER}ana@example.com,3,24/11/2026\nleo@example.com,4,24/11/2026\n`)
  scene.write('entrada/malas.csv', `${HEADER}nadie,3,24/11/2026\neva@example.com,1,\n`)
  scene.write('entrada/rotas.csv', 'una,dos\n1,2\n')
  await scene.cauce(['run', '--quiet'])
  return scene
}

interface Reports {
  readonly reports: readonly Readonly<Record<string, unknown>>[]
}

describe('cauce report', () => {
  test('tells of the last day on which something happened, for people', async () => {
    using scene = await soldScene()
    const { code, stdout, stderr } = await scene.cauce(['report'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('2 of 3 files loaded (66.7 %)')
    expect(stdout).toContain('LISTO')
    expect(stdout).toContain('correo:invalid')
    expect(stdout).toContain('rotas.csv  MALO')
    const spanish = await scene.cauce(['report', 'ventas', '--day', 'today', '--lang', 'es'])
    expect(spanish.stdout).toContain('2 de 3 archivos cargados (66.7 %)')
  })

  test('tells programs the same, by day and by month', async () => {
    using scene = await soldScene()
    const day = (await scene.json(['report', '--day', 'today'])).document as Reports
    expect(day.reports).toMatchObject([
      {
        pipeline: 'ventas',
        timezone: 'UTC',
        final: false,
        files: {
          total: 3,
          loaded: 2,
          failed: 1,
          byState: { ready: 1, ready_with_rejects: 1, failed_layout: 1 },
        },
        rows: { read: 4, loaded: 3, rejected: 1, skipped: 0, warnings: 1 },
        waiting: { total: 1, listed: [{ key: 'rotas.csv', label: 'MALO', error: { class: 'layout' } }] },
      },
    ])
    const month = String(day.reports[0]?.['day']).slice(0, 7)
    const { document } = await scene.json(['report', '--month', month])
    expect((document as Reports).reports).toMatchObject([
      { month, files: { total: 3 }, rows: { loaded: 3 }, days: [{ closedAt: null, files: { total: 3 } }] },
    ])
    const yesterday = (await scene.json(['report', '--day', 'yesterday'])).document as Reports
    expect(yesterday.reports).toMatchObject([{ files: { total: 0, successRate: null } }])
  })

  test('writes Markdown and one page of HTML', async () => {
    using scene = await soldScene()
    const markdown = await scene.cauce(['report', '--markdown'])
    expect(markdown.stdout).toMatch(/^# ventas: Report of .*\n/)
    const page = await scene.cauce(['report', '--html', '--lang', 'es'])
    expect(page.stdout).toMatch(/^<!doctype html>\n<html lang="es">/)
    expect(page.stdout.trimEnd()).toMatch(/<\/html>$/)
    const month = await scene.cauce(['report', '--month', '2026-11', '--html'])
    expect(month.stdout).toContain('Report of November 2026')
  })

  test('says what is wrong with a command line', async () => {
    using scene = await soldScene()
    const wrong = async (...words: readonly string[]): Promise<unknown> => {
      const { code, stdout, stderr } = await scene.cauce(['report', ...words])
      return [code, stdout, stderr.split('\n')[0]]
    }
    expect(await wrong('--day', '2026-02-30')).toEqual([
      64,
      '',
      '✗ "2026-02-30" is no value for --day <day>: write a day as 2026-11-24, or today or yesterday',
    ])
    expect(await wrong('--month', '2026-13')).toEqual([
      64,
      '',
      '✗ "2026-13" is no value for --month <month>: write a month as 2026-11',
    ])
    expect(await wrong('--html', '--json')).toEqual([64, '', expect.stringContaining('Say one of --json')])
    expect(await wrong('--day', 'today', '--month', '2026-11')).toEqual([
      64,
      '',
      expect.stringContaining('not both'),
    ])
    expect(await wrong('nadie')).toEqual([64, '', expect.stringContaining('nadie')])
  })

  test('leaves nothing behind where nothing has run', async () => {
    using scene = new CliScene()
    const { document } = await scene.json(['report'])
    expect(document).toEqual({ reports: [] })
    expect((await scene.cauce(['report'])).stdout).toContain('Nothing has run yet')
  })

  test('tells all pipelines of a project, one after another', async () => {
    using scene = await soldScene()
    const second = join(scene.folder, 'compras.ts')
    const text = readFileSync(join(scene.folder, 'ventas.ts'), 'utf8')
    writeFileSync(second, text.replaceAll("pipeline('ventas'", "pipeline('compras'"))
    const { document } = await scene.json(['report', '--day', 'today'])
    expect((document as Reports).reports.map(({ pipeline }) => pipeline)).toEqual(['compras', 'ventas'])
    expect((await scene.cauce(['report', '--html', '--day', 'today'])).stdout).toContain('<h1>compras</h1>')
  })
})
