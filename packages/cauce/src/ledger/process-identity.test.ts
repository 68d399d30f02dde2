import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { isProvenDead, ownIdentity, type ProcessIdentity, workerName } from './process-identity.ts'

const aliveUntilKilled = ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1000)']

test('this process is not dead, and its name is host:pid', async () => {
  const self = await ownIdentity()
  expect(await isProvenDead(self)).toBe(false)
  expect(await ownIdentity()).toEqual(self)
  expect(workerName(self)).toBe(`${self.host}:${process.pid}`)
})

test('another process is alive until it is killed', async () => {
  const child = spawn(process.execPath, aliveUntilKilled, { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  const self = await ownIdentity()
  // Without a start, as on systems without /proc, only the pid tells.
  const owner: ProcessIdentity = { ...self, pid: child.pid ?? 0, start: '' }
  expect(await isProvenDead(owner)).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await isProvenDead(owner)).toBe(true)
})

test('a process killed but not yet reaped by its parent is dead', async () => {
  // A shell that becomes `sleep` never asks after its child.
  const parent = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void parent.kill('SIGKILL'))
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  const pid = Number(line.toString())
  const owner = await identityOf(pid)
  expect(await isProvenDead(owner)).toBe(false)
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => isProvenDead(owner)).toBe(true)
  // It is still there for whoever only asks for the pid.
  expect(process.kill(pid, 0)).toBe(true)
})

test('a pid that came round again is not the process it was', async () => {
  const self = await ownIdentity()
  const start = self.start.replace(/\d+$/, (ticks) => String(Number(ticks) - 1))
  expect(await isProvenDead({ ...self, start })).toBe(true)
})

test.each([
  ['another host', { host: 'elsewhere.invalid' }],
  ['an earlier boot', { start: '00000000-0000-0000-0000-000000000000/pid:[1]/1' }],
])('of a process of %s nobody here can say that it is dead', async (_where, other) => {
  const self = await ownIdentity()
  expect(await isProvenDead({ ...self, pid: 2 ** 22 + 1, ...other })).toBe(false)
})

test('of a process in another container nobody here can say that it is dead', async () => {
  const self = await ownIdentity()
  const start = self.start.replace(/pid:\[\d+\]/, 'pid:[1]')
  expect(await isProvenDead({ ...self, pid: 2 ** 22 + 1, start })).toBe(false)
})

/** The identity another process of this world would give itself. */
async function identityOf(pid: number): Promise<ProcessIdentity> {
  const { readFile } = await import('node:fs/promises')
  const self = await ownIdentity()
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  return { ...self, pid, start: self.start.replace(/\d+$/, ticks) }
}
