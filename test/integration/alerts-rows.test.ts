import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLedger } from '../../packages/cauce/src/ledger/open-ledger.ts'
import { besideDispatcher } from '../../packages/cauce/src/ops/beside-dispatcher.ts'
import { loadProject } from '../../packages/cauce/src/ops/load-project.ts'
import type { StandFacts, StandUpRequest } from '../../packages/cauce/src/ops/stand-up.ts'
import { CliScene, HEADER, SALES } from '../cli/cli-scene.ts'
import { type HttpScene, startReceiver } from './alerts-http-receiver.ts'
import type { HandClock } from './alerts-scene.ts'

const ROWS = `${HEADER}a@x.mx,1,01/02/2013\nbroken,2,01/02/2013\nworse,3,01/02/2013\nc@x.mx,many,01/02/2013\n`

/** A project whose file had three rejects, told to a real receiver by what a dispatcher does besides. */
async function tell(scene: CliScene, http: HttpScene, options: string): Promise<readonly unknown[]> {
  const declared = SALES.replace('import {', 'import { alert, rejectRate, secret, webhook,').replace(
    '  states:',
    `  alerts: [alert(rejectRate('1%'), { ${options}to: webhook(secret('HOOK'), { secret: secret('KEY') }) })],\n  states:`,
  )
  scene.write('ventas.ts', declared)
  const project = await loadProject({
    environment: { HOOK: http.url, KEY: 'k' },
    currentFolder: scene.folder,
  })
  await using ledger = await openLedger(project.ledgerUrl)
  const clock: HandClock = { nowMs: Date.now(), now: () => clock.nowMs, sleep: async () => undefined }
  const troubles: unknown[] = []
  const watcher = { alert: () => undefined, trouble: (error: unknown) => void troubles.push(error) }
  const before = http.received.length
  {
    await using beside = besideDispatcher(
      { project, clock, watcher } as unknown as StandUpRequest,
      { ledger, pipelines: [] } as unknown as StandFacts,
    )
    await beside.everyTick(clock.nowMs)
    clock.nowMs += 15_000
    await beside.everyTick(clock.nowMs)
    await expect.poll(() => http.received.length, { timeout: 10_000 }).toBe(before + 1)
  }
  const body = JSON.parse(http.received.at(-1)?.body ?? '') as {
    readonly alerts: readonly { readonly rows?: readonly string[] }[]
  }
  return [body.alerts[0]?.rows ?? [], troubles.length]
}

async function loaded(): Promise<CliScene> {
  const scene = new CliScene()
  scene.write('entrada/1.csv', ROWS)
  expect((await scene.cauce(['run', '--quiet'])).code).toBe(0)
  return scene
}

test('a message shows the first rejected rows of a file when they were asked for, and only then', async () => {
  const http = await startReceiver()
  using asked = await loaded()
  expect(await tell(asked, http, 'includeRows: 2, ')).toEqual([
    ['line 3: broken,2,01/02/2013', 'line 4: worse,3,01/02/2013'],
    0,
  ])
  using silent = await loaded()
  expect(await tell(silent, http, '')).toEqual([[], 0])
  expect(http.received.at(-1)?.body).not.toContain('worse,3')
}, 60_000)

test('rows that are gone hold up no message: it goes without them, and that they are gone is told', async () => {
  const http = await startReceiver()
  using scene = await loaded()
  rmSync(join(scene.folder, '.cauce/rejects'), { recursive: true })
  expect(await tell(scene, http, 'includeRows: 2, ')).toEqual([[], 1])
}, 60_000)
