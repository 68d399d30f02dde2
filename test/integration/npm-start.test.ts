import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'cauce-start-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What `npm start` runs, with everything it makes in a folder of the test. */
function start(home: string, env: Readonly<Record<string, string>> = {}) {
  return spawnSync(process.execPath, ['examples/visitas/start.js'], {
    cwd: repository,
    encoding: 'utf8',
    env: {
      ...process.env,
      CAUCE_HOME: join(folder, home),
      VISITAS_ORIGEN: '',
      VISITAS_DESTINO: `duckdb:${join(folder, home)}.duckdb`,
      VISITAS_RESPALDO: join(folder, `${home}-respaldo`),
      LC_ALL: 'C.UTF-8',
      ...env,
    },
  })
}

test('npm start ends well, and says why the command did not; a second time there is nothing to say', () => {
  const first = start('en')
  expect(first.status, first.stderr).toBe(0)
  expect(first.stdout).toContain('report_4.txt is broken on purpose')
  expect(first.stdout).toContain('sql "SELECT * FROM visitantes LIMIT 10" --project examples/visitas')
  const second = start('en')
  expect(second.status, second.stderr).toBe(0)
  expect(second.stdout).not.toContain('on purpose')
})

test('in Spanish where people speak it', () => {
  const { status, stdout } = start('es', { LC_ALL: 'es_MX.UTF-8' })
  expect(status).toBe(0)
  expect(stdout).toContain('report_4.txt está mal a propósito')
})

test('what fails otherwise fails: files of somebody’s own, a folder that is not there', () => {
  writeFileSync(join(folder, 'report_1.txt'), 'not,agreed\n1,2\n')
  const own = start('own', { VISITAS_ORIGEN: folder })
  expect(own.status, own.stderr).toBe(65)
  expect(own.stdout).not.toContain('on purpose')
  expect(start('none', { VISITAS_ORIGEN: join(folder, 'nowhere') }).status).toBe(78)
})
