import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { takeTurn } from './file-turns.ts'
import { failure, hooks, loadRequest, scratch, visits, type Scratch } from './scratch-destination.test-kit.ts'

let here: Scratch
let holder: ChildProcess | undefined

beforeEach(async () => {
  here = await scratch()
  await (await here.open()).prepare([visits])
})

afterEach(async () => {
  holder?.kill('SIGKILL')
  holder = undefined
  await here.remove()
})

/** Another process opens the file and keeps it until it is told to let go. */
async function holdElsewhere(mode: 'READ_ONLY' | 'READ_WRITE'): Promise<ChildProcess> {
  const script = join(here.folder, 'holder.cjs')
  const library = createRequire(import.meta.url).resolve('@duckdb/node-api')
  await writeFile(
    script,
    `require(${JSON.stringify(library)}).DuckDBInstance.create(${JSON.stringify(here.path)}, { access_mode: '${mode}' }).then(
      (instance) => {
        process.on('message', () => { instance.closeSync(); process.exit(0) })
        process.send('held')
      })`,
  )
  const child = fork(script, { execArgv: [] })
  await once(child, 'message')
  holder = child
  return child
}

test('a file held by another process is waited for, then reported with the holder', async () => {
  const child = await holdElsewhere('READ_WRITE')
  const impatient = await here.open({ lockWaitMs: 100 })
  const error = await failure(impatient.load(loadRequest('a', []), hooks()))
  expect(error).toMatchObject({ code: 'DESTINATION_BUSY', class: 'system' })
  expect(error.message).toContain(`(PID ${child.pid})`)
  expect(await failure(impatient.findLoad('x'))).toMatchObject({ code: 'DESTINATION_BUSY' })
}, 20_000)

test.each(['READ_ONLY', 'READ_WRITE'] as const)(
  'a load gets in once a %s holder lets go',
  async (mode) => {
    const child = await holdElsewhere(mode)
    const destination = await here.open()
    const loading = destination.load(loadRequest('a', []), hooks())
    setTimeout(() => child.send('let go'), 100)
    expect(await loading).toEqual({ kind: 'loaded' })
  },
  20_000,
)

test('readers side by side do not wait for each other', async () => {
  await holdElsewhere('READ_ONLY')
  const impatient = await here.open({ lockWaitMs: 0 })
  expect(await impatient.findLoad('x')).toBeUndefined()
}, 20_000)

test('an abort ends the waiting for another process', async () => {
  await holdElsewhere('READ_WRITE')
  const destination = await here.open()
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('enough')), 50)
  const loading = destination.load(loadRequest('a', []), hooks({ signal: controller.signal }))
  expect(await failure(loading)).toMatchObject({ message: 'enough' })
}, 20_000)

test('turns in one process come in order, and an abort gives its turn up', async () => {
  const order: string[] = []
  const endFirst = await takeTurn('/x')
  const second = takeTurn('/x', AbortSignal.timeout(10)).catch(() => order.push('gave up'))
  const third = takeTurn('/x').then((end) => {
    order.push('third')
    end()
  })
  const other = await takeTurn('/y')
  other()
  await second
  endFirst()
  await third
  expect(order).toEqual(['gave up', 'third'])
})
