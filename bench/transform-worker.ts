import { link, mkdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { compilePlan } from '../packages/cauce/src/plan/compile-plan.ts'
import { openEngineHost } from '../packages/cauce/src/engine/duckdb/engine-host.ts'
import { itemFacts } from '../packages/cauce/src/perform/item-facts.ts'
import { transformItem } from '../packages/cauce/src/perform/transform-item.ts'
import { j1 } from './j1.ts'

/*
 * One of the processes of `transform-only.ts`: judges files and writes their tables as a performer does, without fetching
 * them and without a destination.
 */

const [folder = '.'] = process.argv.slice(2)
const plan = compilePlan(j1)
const host = await openEngineHost({ spoolDirectory: folder, memoryMb: plan.limits.memoryMb })

async function transform(path: string): Promise<number> {
  const spoolFolder = join(folder, 'spool')
  await mkdir(spoolFolder, { recursive: true })
  const original = join(spoolFolder, 'original')
  await link(path, original)
  try {
    const file = basename(path)
    await using engine = await host.engine()
    const { counts } = await transformItem({
      engine,
      plan,
      path: original,
      spoolFolder,
      rejectsFolder: folder,
      file,
      facts: itemFacts({
        item: file,
        sha256: '',
        loadKey: file,
        run: 'bench',
        referenceDate: process.env['BENCH_TODAY'] ?? '2026-11-22',
      }),
      stagingFormat: 'mysql-text',
      replay: undefined,
      signal: new AbortController().signal,
    })
    return counts.read
  } finally {
    await rm(spoolFolder, { recursive: true })
  }
}

process.on('message', ({ path }: { path: string }) => {
  void transform(path).then((rows) => process.send?.({ rows }))
})
process.send?.({ rows: 0 })
