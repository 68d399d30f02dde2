import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listSchedules } from '../../packages/cauce/src/ledger/list-schedules.ts'
import { openLedger } from '../../packages/cauce/src/ledger/open-ledger.ts'
import { CliScene, SALES } from '../cli/cli-scene.ts'
import { until } from '../faults/until.ts'

const hourly = (name: string): string =>
  SALES.replace('import {', 'import { every,')
    .replace("pipeline('ventas'", `pipeline('${name}'`)
    .replace('  states:', "  schedule: every('1h'),\n  states:")

test('a pipeline that is taken out of a project is not waited for; a project beside it on the ledger keeps its own', async () => {
  using shop = new CliScene({ 'orders.ts': hourly('orders'), 'goods.ts': hourly('goods') })
  using web = new CliScene({ 'clicks.ts': hourly('clicks') })
  const url = `sqlite:${join(shop.folder, 'shared.db')}`
  /** What the ledger has when a dispatcher of a project has stood. */
  const stand = async (scene: CliScene, expected: readonly string[]): Promise<void> => {
    const { child, ended } = scene.start(['dispatcher', '--ledger', url])
    try {
      await until(
        `the schedules are ${expected.join(', ')}`,
        async () => {
          await using ledger = await openLedger(url)
          const found = (await listSchedules(ledger)).map(({ pipeline }) => pipeline)
          return JSON.stringify(found) === JSON.stringify(expected)
        },
        { withinMs: 20_000 },
      )
    } finally {
      child.kill('SIGTERM')
      expect((await ended).code).toBe(0)
    }
  }
  await stand(shop, ['goods', 'orders'])
  await stand(web, ['clicks', 'goods', 'orders'])
  rmSync(join(shop.folder, 'goods.ts'))
  await stand(shop, ['clicks', 'orders'])
}, 60_000)
