import { setTimeout as pause } from 'node:timers/promises'
import type { Chance, Weighted } from '../../examples/visitas/generator/chance.ts'
import { performersOf } from '../faults/processes-of.ts'
import type { TcpProxy } from '../servers/tcp-proxy.ts'
import type { Post, Role, StormScene } from './storm-scene.ts'

/** Something bad, over again when it resolves; the next one may be worse. */
export type Misfortune = (scene: StormScene, chance: Chance) => Promise<string>

/** A COMMIT as the client sends it, and not `READ COMMITTED` or a column's name. */
const isCommit = (chunk: Buffer): boolean => chunk.includes('\u0003COMMIT') && !chunk.includes('COMMITTED')

/** Longer than a lease: whoever slept through it has lost what it held. */
const LONG_SLEEP_MS = 17_000

function someProxy(scene: StormScene, chance: Chance): { readonly name: string; readonly proxy: TcpProxy } {
  return chance.hits(0.7)
    ? { name: 'MariaDB', proxy: scene.toDatabase }
    : { name: 'sshd', proxy: scene.toFiles }
}

function somePost({ posts }: StormScene, role: Role, chance: Chance): Post | undefined {
  const living = posts.filter((post) => post.role === role && post.process !== undefined)
  return living[chance.below(living.length || 1)]
}

function kill(role: Role): Misfortune {
  return async (scene, chance) => {
    const post = somePost(scene, role, chance)
    if (post?.process === undefined) return `no ${role} to kill`
    const { process } = post
    post.process = undefined
    await process.kill()
    await pause(chance.below(3_000))
    scene.begin(post)
    return `kill -9 of a ${role}`
  }
}

const killPerformer: Misfortune = async (scene, chance) => {
  const performers = scene.posts.flatMap(({ process }) => performersOf(process?.child.pid))
  const pid = performers[chance.below(performers.length || 1)]
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
  } catch {
    // It was quicker.
  }
  return `kill -9 of a performer`
}

const stopWorker: Misfortune = async (scene, chance) => {
  const post = somePost(scene, 'worker', chance)
  if (post?.process === undefined) return 'no worker to stop'
  const { process } = post
  post.process = undefined
  const { code, stderr } = await process.stop()
  if (code !== 0) throw new Error(`a worker told to stop ended with ${code}: ${stderr}`)
  scene.begin(post)
  return 'a worker stopped in peace'
}

/** It only thinks it is alive: its leases run out, others take its items, and then it wakes. */
const sleepThroughLease: Misfortune = async (scene, chance) => {
  const child = somePost(scene, 'worker', chance)?.process?.child
  if (child?.pid === undefined) return 'no worker to put to sleep'
  child.kill('SIGSTOP')
  await pause(LONG_SLEEP_MS)
  child.kill('SIGCONT')
  return `a worker slept for ${LONG_SLEEP_MS} ms`
}

const restartDatabase: Misfortune = async ({ mariadb }, chance) => {
  await mariadb.kill()
  await pause(chance.below(2_000))
  await mariadb.restart()
  return 'MariaDB killed and started again'
}

const restartLedger: Misfortune = async ({ postgres }, chance) => {
  await postgres.kill()
  await pause(chance.below(2_000))
  await postgres.restart()
  return 'PostgreSQL killed and started again'
}

const restartSshd: Misfortune = async ({ sshd }, chance) => {
  await sshd.kill()
  await pause(chance.below(2_000))
  await sshd.restart()
  return 'sshd killed and started again'
}

const cutLine: Misfortune = async (scene, chance) => {
  const { name, proxy } = someProxy(scene, chance)
  const direction = chance.hits(0.5) ? 'to-server' : 'to-client'
  const bytes = chance.between(200, 60_000)
  proxy.cutAfter(direction, bytes)
  await pause(chance.between(500, 3_000))
  await proxy.heal()
  return `lines to ${name} cut after ${bytes} bytes ${direction}`
}

const blackHole: Misfortune = async (scene, chance) => {
  const { name, proxy } = someProxy(scene, chance)
  proxy.blackHole()
  await pause(chance.between(500, 4_000))
  await proxy.heal()
  return `lines to ${name} went dead`
}

const slowLine: Misfortune = async (scene, chance) => {
  const { name, proxy } = someProxy(scene, chance)
  proxy.setLatency(chance.between(20, 150))
  await pause(chance.between(500, 3_000))
  await proxy.heal()
  return `lines to ${name} were slow`
}

const refuseLine: Misfortune = async (scene, chance) => {
  const { name, proxy } = someProxy(scene, chance)
  await proxy.refuse()
  await pause(chance.between(500, 3_000))
  await proxy.heal()
  return `${name} refused connections`
}

/** The reply, or the request, is lost once; when nothing commits for a while, nothing happens. */
function loseCommit(what: 'dropReplyTo' | 'dropRequest'): Misfortune {
  return async ({ toDatabase }) => {
    const happened = await Promise.race([
      toDatabase[what](isCommit).then(() => true),
      pause(5_000).then(() => false),
    ])
    await toDatabase.heal()
    return happened ? `${what} of a COMMIT` : 'no COMMIT to lose'
  }
}

/** With how often each befalls. */
export const MISFORTUNES: readonly [Weighted<Misfortune>, ...Weighted<Misfortune>[]] = [
  [kill('worker'), 4],
  [kill('dispatcher'), 3],
  [killPerformer, 4],
  [stopWorker, 2],
  [sleepThroughLease, 1],
  [restartDatabase, 2],
  [restartLedger, 2],
  [restartSshd, 1],
  [cutLine, 3],
  [blackHole, 2],
  [slowLine, 1],
  [refuseLine, 2],
  [loseCommit('dropReplyTo'), 3],
  [loseCommit('dropRequest'), 2],
]
