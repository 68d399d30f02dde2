import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type Ledger, readLedger, writeLedger } from '../../packages/cauce/src/ledger/ledger-access.ts'
import { openLedger } from '../../packages/cauce/src/ledger/open-ledger.ts'
import { openPostgresLedger } from '../../packages/cauce/src/ledger/postgres-ledger.ts'
import { postgresLocation } from '../../packages/cauce/src/ledger/postgres-location.ts'
import { startPostgres } from '../servers/postgres.ts'
import type { PostgresDatabase } from '../servers/postgres-access.ts'
import { describeNeeding, sharedPostgres } from '../servers/shared-servers.ts'
import { containsText, startTcpProxy, type TcpProxy } from '../servers/tcp-proxy.ts'

async function ledgerIn(database: Pick<PostgresDatabase, 'url'>): Promise<Ledger> {
  const ledger = await openLedger(database.url)
  onTestFinished(async () => ledger.close())
  return ledger
}

/** A ledger reached through a network that can fail. */
async function behindProxy(patienceMs?: number): Promise<{ ledger: Ledger; proxy: TcpProxy }> {
  const database = await sharedPostgres().createDatabase()
  await (await openLedger(database.url)).close()
  const proxy = await startTcpProxy(sharedPostgres())
  const ledger = await openPostgresLedger(postgresLocation(proxy.urlFor(database.url)), patienceMs)
  onTestFinished(async () => {
    await ledger.close()
    await proxy.stop()
    await database.drop()
  })
  return { ledger, proxy }
}

/** Writes a plan; tells how often it was tried. */
async function writePlan(ledger: Ledger, hash: string, during: () => Promise<unknown> = async () => {}) {
  let tries = 0
  await writeLedger(ledger, async (transaction) => {
    tries++
    await transaction.insertInto('plan').values({ hash, pipeline: 'p', json: '{}', firstSeenMs: 1 }).execute()
    await during()
  })
  return tries
}

async function hashes(ledger: Ledger): Promise<string[]> {
  const plans = await readLedger(ledger, (db) =>
    db.selectFrom('plan').orderBy('hash').select('hash').execute(),
  )
  return plans.map(({ hash }) => hash)
}

const COMMIT = containsText('COMMIT')

describeNeeding('postgres')('the reply to COMMIT is lost', () => {
  test('what was committed is found to be so, and written once', async () => {
    const { ledger, proxy } = await behindProxy()
    const dropped = proxy.dropReplyTo(COMMIT)
    expect(await writePlan(ledger, 'h')).toBe(1)
    await dropped
    expect(await hashes(ledger)).toEqual(['h'])
  })

  test('what never arrived is done again', async () => {
    const { ledger, proxy } = await behindProxy()
    const dropped = proxy.dropRequest(COMMIT)
    expect(await writePlan(ledger, 'h')).toBe(2)
    await dropped
    expect(await hashes(ledger)).toEqual(['h'])
  })

  test('where the server cannot be asked, the caller is told that nobody knows', async () => {
    const { ledger, proxy } = await behindProxy(300)
    const dropped = proxy.dropReplyTo(COMMIT)
    const writing = writePlan(ledger, 'h').catch((error: unknown) => error)
    await dropped
    await proxy.refuse()
    expect(await writing).toMatchObject({ code: 'LEDGER_COMMIT_UNKNOWN', class: 'system' })
    await proxy.heal()
    expect(await hashes(ledger)).toEqual(['h'])
  })
})

describeNeeding('postgres')('connections are lost', () => {
  test('in the middle of a transaction: it is done again', async () => {
    const { ledger, proxy } = await behindProxy()
    let cut = false
    const tries = await writePlan(ledger, 'h', async () => {
      if (cut) return
      cut = true
      await proxy.refuse()
      await proxy.heal()
    })
    expect(tries).toBe(2)
    expect(await hashes(ledger)).toEqual(['h'])
  })

  test('while idle: nobody notices', async () => {
    const { ledger, proxy } = await behindProxy()
    expect(await hashes(ledger)).toEqual([])
    await proxy.refuse()
    await proxy.heal()
    await sleep(50)
    expect(await hashes(ledger)).toEqual([])
    expect(await writePlan(ledger, 'h')).toBe(1)
  })

  test('for good: the error says that the ledger cannot be reached, which may pass', async () => {
    const { ledger, proxy } = await behindProxy(300)
    await proxy.refuse()
    await expect(hashes(ledger)).rejects.toMatchObject({ code: 'LEDGER_UNREACHABLE', class: 'system' })
    await expect(writePlan(ledger, 'h')).rejects.toMatchObject({ code: 'LEDGER_UNREACHABLE' })
  })

  test('closing does not wait for a dead line', async () => {
    const { ledger, proxy } = await behindProxy()
    await hashes(ledger)
    proxy.blackHole()
    const begin = performance.now()
    await ledger.close()
    expect(performance.now() - begin).toBeLessThan(5_000)
  })

  test('a server that is killed, or restarted, in the middle of the work is waited for', async () => {
    await using server = await startPostgres()
    const ledger = await ledgerIn(await server.createDatabase())
    let written = 0
    const until = performance.now() + 2_500
    const write = async (worker: number) => {
      while (performance.now() < until) await writePlan(ledger, `${worker}-${++written}`)
    }
    const work = Promise.all([write(1), write(2), write(3)])
    await sleep(300)
    await server.kill()
    await sleep(200)
    await server.restart()
    await sleep(300)
    await server.restart()
    await work
    expect(await hashes(ledger)).toHaveLength(written)
  })
})

describeNeeding('postgres')('rivals', () => {
  test('two that wait for each other both get their way', async () => {
    const database = await sharedPostgres().createDatabase()
    onTestFinished(async () => database.drop())
    const ledger = await ledgerIn(database)
    await writePlan(ledger, 'a')
    await writePlan(ledger, 'b')
    let tries = 0
    const meet = Promise.withResolvers<undefined>()
    let arrived = 0
    const touch = async (first: string, second: string) =>
      writeLedger(ledger, async (transaction) => {
        tries++
        for (const hash of [first, second]) {
          await transaction
            .updateTable('plan')
            .set((eb) => ({ firstSeenMs: eb('firstSeenMs', '+', 1) }))
            .where('hash', '=', hash)
            .execute()
          if (++arrived === 2) meet.resolve(undefined)
          await meet.promise
        }
      })
    await Promise.all([touch('a', 'b'), touch('b', 'a')])
    expect(tries).toBe(3)
    const seen = await ledger.db.selectFrom('plan').select('firstSeenMs').execute()
    expect(seen).toEqual([{ firstSeenMs: 3 }, { firstSeenMs: 3 }])
  })

  test('a process that stands still in mid-transaction does not hold its rows for ever', async () => {
    const database = await sharedPostgres().createDatabase()
    onTestFinished(async () => database.drop())
    const ledger = await ledgerIn(database)
    await writePlan(ledger, 'a')
    let stood = 0
    const standing = writeLedger(ledger, async (transaction) => {
      await transaction.updateTable('plan').set({ pipeline: 'standing' }).where('hash', '=', 'a').execute()
      if (++stood === 1) await sleep(12_000)
    })
    await sleep(100)
    const begin = performance.now()
    await writeLedger(ledger, async (transaction) => {
      await transaction.updateTable('plan').set({ firstSeenMs: 2 }).where('hash', '=', 'a').execute()
    })
    expect(performance.now() - begin).toBeLessThan(11_500)
    await standing
    expect(stood).toBe(2)
    expect(await ledger.db.selectFrom('plan').select(['pipeline', 'firstSeenMs']).execute()).toEqual([
      { pipeline: 'standing', firstSeenMs: 2 },
    ])
  })
})
