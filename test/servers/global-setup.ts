import type { TestProject } from 'vitest/node'
import { startServers, type ProvidedServers, type StartedServers } from './start-servers.ts'
import { wantedServers } from './wanted.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    servers: ProvidedServers
  }
}

/** Several vitest projects use the same servers; each loads this module for itself, so they meet on the process. */
interface Sharing {
  started: Promise<StartedServers>
  users: number
}

const meeting = process as NodeJS.Process & { cauceTestServers?: Sharing }

/** Starts the servers for the whole test run and says which there are. */
export async function setup(project: TestProject): Promise<void> {
  meeting.cauceTestServers ??= { started: startAndReport(), users: 0 }
  meeting.cauceTestServers.users += 1
  project.provide('servers', (await meeting.cauceTestServers.started).provided)
}

/** Stops them after the last project that uses them. */
export async function teardown(): Promise<void> {
  const sharing = meeting.cauceTestServers
  if (!sharing) return
  sharing.users -= 1
  if (sharing.users > 0) return
  delete meeting.cauceTestServers
  await (await sharing.started).stop()
}

async function startAndReport(): Promise<StartedServers> {
  const begin = performance.now()
  const servers = await startServers(wantedServers(process.env))
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  console.log(`\nServers for the tests, ready in ${seconds} s:\n${servers.report.join('\n')}\n`)
  return servers
}
