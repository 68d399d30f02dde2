import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Ledger } from './ledger-access.ts'
import { openLedger } from './open-ledger.ts'

let home: () => Promise<Ledger> = emptyOnDisk

/** An empty ledger, gone when the test is over: an SQLite file, unless the tests were given another home. */
export async function emptyLedger(): Promise<Ledger> {
  return home()
}

/** Has the tests that follow in this process take their ledgers from there; whoever opens them also cleans up. */
export function takeLedgersFrom(open: () => Promise<Ledger>): void {
  home = open
}

async function emptyOnDisk(): Promise<Ledger> {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-ledger-'))
  const ledger = await openLedger(`sqlite:${join(folder, 'ledger.db')}`)
  onTestFinished(async () => {
    await ledger.close()
    await rm(folder, { recursive: true, force: true })
  })
  return ledger
}

/** How often a property is tried: on another home than SQLite a sample will do, since each statement goes over a network. */
export function timesHere(onSqlite: number): number {
  return home === emptyOnDisk ? onSqlite : Math.ceil(onSqlite / 5)
}
