import { expect, test } from 'vitest'
import { CliScene, HEADER, SALES } from '../cli/cli-scene.ts'
import { until } from '../faults/until.ts'

const TIMED = SALES.replace('env, files,', 'env, every, files,').replace(
  'retry: {',
  "discover: every('1h'), dispatch: every('2h'), retry: {",
)

test('status tells when a pipeline goes on, or who paused it and since when', async () => {
  using scene = new CliScene({ 'ventas.ts': TIMED })
  scene.write('entrada/1.csv', `${HEADER}a@b.mx,1,01/01/2026\n`)
  const standing = scene.start(['dispatcher'])
  const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string
  await until(
    'it is on the clock',
    async () => ((await scene.cauce(['status'])).stdout.includes('discover') ? true : undefined),
    { withinMs: 30_000 },
  )
  expect((await scene.json(['status'])).document).toMatchObject({
    pipelines: [
      {
        pipeline: 'ventas',
        paused: null,
        schedules: [
          { rhythm: 'discover', nextAt: moment },
          { rhythm: 'dispatch', nextAt: moment },
        ],
      },
    ],
  })
  expect((await scene.cauce(['status', '--lang', 'es'])).stdout).toMatch(
    /ventas, lo próximo: búsqueda 2\d.*, despacho\s+2\d/,
  )
  expect((await scene.cauce(['pause', 'ventas', '--reason', 'moving'])).code).toBe(0)
  expect((await scene.json(['status'])).document).toMatchObject({
    pipelines: [{ paused: { at: moment, by: expect.any(String) as string, reason: 'moving' } }],
  })
  expect((await scene.cauce(['status'])).stdout).toMatch(/ventas is paused by \S+ since 2\d{3}-.*: moving/)
  expect((await scene.cauce(['status', '--lang', 'es'])).stdout).toMatch(
    /ventas está en pausa por \S+ desde 2/,
  )
  standing.child.kill('SIGTERM')
  await standing.ended
})
