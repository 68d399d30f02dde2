import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ACTIVE_STATES, type ItemState } from '../model/item-state.ts'
import { claimItems } from './claim-items.ts'
import { handBack } from './hand-back.ts'
import { heartbeat } from './heartbeat.ts'
import { itemHistory } from './item-history.ts'
import { mayFollow, SETTLED_STATES } from './item-transitions.ts'
import { listItems } from './list-items.ts'
import { memoryLedger } from './memory-ledger.test-kit.ts'
import { recordItems } from './record-items.ts'
import { releaseClaim } from './release-claim.ts'
import { retryItem } from './retry-item.ts'
import { runHistory } from './run-history.test-kit.ts'
import { emptyLedger, timesHere } from './scratch-home.test-kit.ts'
import { type ScratchLedger, scratchLedger, self } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'
import { startRun } from './start-run.ts'
import type { Claim } from './tables.ts'

/**
 * Random histories of three workers on one ledger, against a model that is nothing but the rules: who holds what, and since
 * which claim. Workers keep every claim they ever got, so most of what they write is stale.
 */
const WORKERS = ['w0', 'w1', 'w2'].map((host) => ({ ...self, host }))
const LEASE_MS = 100
const COUNTS = { read: 10, loaded: 7, rejected: 2, skipped: 1, warnings: 1 }

const worker = fc.nat({ max: WORKERS.length - 1 })
/** Which of the claims a worker ever got it speaks of, counted from the last. */
const which = fc.nat({ max: 3 })

const step = fc.oneof(
  fc.record({ op: fc.constant('record' as const), key: fc.nat({ max: 4 }), version: fc.nat({ max: 1 }) }),
  fc.record({ op: fc.constant('claim' as const), worker, limit: fc.nat({ max: 3 }), all: fc.boolean() }),
  fc.record({ op: fc.constant('beat' as const), worker, which, stages: fc.nat({ max: 2 }) }),
  fc.record({ op: fc.constant('settle' as const), worker, which, state: fc.constantFrom(...SETTLED_STATES) }),
  fc.record({ op: fc.constant('handBack' as const), worker, which, tryUsed: fc.boolean() }),
  fc.record({ op: fc.constant('release' as const), worker, which }),
  fc.record({ op: fc.constant('retry' as const), item: fc.nat({ max: 9 }) }),
  fc.record({ op: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: LEASE_MS }) }),
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

interface ModelItem {
  state: ItemState
  epoch: number
  holder: number | undefined
  leaseUntilMs: number
  attempts: number
  counts: number
}

class History {
  readonly #scratch: ScratchLedger
  readonly #model = new Map<number, ModelItem>()
  readonly #claims: Claim[][] = WORKERS.map(() => [])
  #nowMs = 10_000

  constructor(scratch: ScratchLedger) {
    this.#scratch = scratch
  }

  async take(next: Step): Promise<void> {
    this.#nowMs++
    switch (next.op) {
      case 'wait':
        this.#nowMs += next.ms
        return
      case 'record':
        return this.#record(next.key, next.version)
      case 'claim':
        return this.#claim(next.worker, next.limit, next.all)
      case 'retry':
        return this.#retry(next.item)
      case 'beat':
      case 'settle':
      case 'handBack':
      case 'release': {
        const claim = this.#claims[next.worker]?.at(-1 - next.which)
        return claim === undefined ? undefined : this.#speak(next, claim)
      }
    }
  }

  async #record(key: number, version: number): Promise<void> {
    const { ledger, runId } = this.#scratch
    const entries = [{ key: `${key}`, sizeBytes: version, modifiedMs: 0 }]
    const request = { pipeline: 'visits', runId, planHash: 'h1', owner: self, boundHost: null }
    const [recorded] = await recordItems(ledger, { ...request, entries, nowMs: this.#nowMs })
    const item = recorded?.item
    const known = this.#model.get(item?.id ?? 0)
    expect(recorded?.isNew).toBe(known === undefined)
    if (known?.state === 'superseded') known.state = 'pending'
    if (known === undefined)
      this.#model.set(item?.id ?? 0, {
        state: 'pending',
        epoch: 0,
        holder: undefined,
        leaseUntilMs: 0,
        attempts: 0,
        counts: 0,
      })
    for (const { id } of await listItems(ledger, { key: `${key}` })) {
      const other = id === item?.id ? undefined : this.#model.get(id)
      if (
        other !== undefined &&
        ['pending', 'failed_layout', 'failed_system', 'refused'].includes(other.state)
      )
        other.state = 'superseded'
    }
  }

  async #claim(by: number, limit: number, takeFailedSystem: boolean): Promise<void> {
    const { ledger } = this.#scratch
    const owner = WORKERS[by] ?? self
    const planHash = 'h1'
    const run = await startRun(ledger, { pipeline: 'visits', planHash, owner, nowMs: this.#nowMs })
    const request = { pipeline: 'visits', runId: run.id, planHash, owner, limit, leaseMs: LEASE_MS }
    const items = await claimItems(ledger, { ...request, takeFailedSystem, nowMs: this.#nowMs })
    const free = [...this.#model.values()].filter(
      ({ state, holder, leaseUntilMs }) =>
        state === 'pending' ||
        (state === 'failed_system' && takeFailedSystem) ||
        (holder !== undefined && leaseUntilMs < this.#nowMs),
    )
    expect(items).toHaveLength(Math.min(limit, free.length))
    for (const { id, epoch } of items) {
      const item = this.#model.get(id)
      if (item === undefined || !free.includes(item)) throw new Error(`item ${id} was not free`)
      expect(epoch).toBe(item.epoch + 1)
      Object.assign(item, { state: 'extracting', epoch, holder: by, leaseUntilMs: this.#nowMs + LEASE_MS })
      item.attempts++
      this.#claims[by]?.push({ id, epoch })
    }
  }

  async #speak(
    next: Extract<Step, { op: 'beat' | 'settle' | 'handBack' | 'release' }>,
    claim: Claim,
  ): Promise<void> {
    const { ledger } = this.#scratch
    const item = this.#model.get(claim.id)
    const holds = item?.holder !== undefined && item.epoch === claim.epoch
    const say = { ...claim, reason: 'r', nowMs: this.#nowMs }
    if (next.op === 'beat') {
      const all = (['transforming', 'loading'] as const).slice(0, next.stages)
      const stages = all.map((state) => ({ state, atMs: this.#nowMs }))
      const beat = { items: [{ ...claim, stages }], leaseMs: LEASE_MS, nowMs: this.#nowMs }
      expect(await heartbeat(ledger, beat)).toMatchObject({ lost: holds ? [] : [claim.id] })
      if (!holds) return
      item.leaseUntilMs = this.#nowMs + LEASE_MS
      for (const state of all) if (mayFollow(item.state, state)) item.state = state
      return
    }
    const counts = COUNTS
    const written =
      next.op === 'settle'
        ? await settleItem(ledger, { ...say, state: next.state, counts })
        : next.op === 'handBack'
          ? await handBack(ledger, { ...say, tryUsed: next.tryUsed })
          : await releaseClaim(ledger, say)
    expect(written !== undefined).toBe(holds)
    if (!holds) return
    item.holder = undefined
    item.state = next.op === 'settle' ? next.state : 'pending'
    if (next.op === 'settle') item.counts = COUNTS.read
    if (next.op === 'handBack' && !next.tryUsed) item.attempts--
  }

  async #retry(place: number): Promise<void> {
    const { ledger } = this.#scratch
    const [id = 0, item] = [...this.#model].at(place) ?? []
    const mayRetry =
      item !== undefined && ['failed_layout', 'failed_system', 'refused', 'cancelled'].includes(item.state)
    const retried = await retryItem(ledger, { id, by: 'ana', reason: 'r', nowMs: this.#nowMs })
    expect(retried !== undefined).toBe(mayRetry)
    if (mayRetry) item.state = 'pending'
  }

  /** What must hold after every step: the ledger is the model, nothing is lost, one owner at a time, counts add up. */
  async check(): Promise<void> {
    const items = await listItems(this.#scratch.ledger)
    expect(items).toHaveLength(this.#model.size)
    for (const item of items) {
      const { counts, holder, leaseUntilMs, ...expected } = this.#model.get(item.id) ?? { counts: -1 }
      expect(item).toMatchObject({ ...expected, read: counts })
      expect(item.read).toBe(item.loaded + item.rejected + item.skipped)
      expect(item.ownerHost).toBe(holder === undefined ? null : WORKERS[holder]?.host)
      expect(item.leaseUntilMs).toBe(holder === undefined ? null : leaseUntilMs)
    }
  }

  /** What must hold of the whole history. */
  async checkHistory(): Promise<void> {
    for (const [id, { state, epoch, holder }] of this.#model) {
      const { attempts, transitions } = await itemHistory(this.#scratch.ledger, id)
      expect(attempts.map((attempt) => attempt.epoch)).toEqual(
        Array.from({ length: epoch }, (_, index) => index + 1),
      )
      expect(attempts.filter(({ outcome }) => outcome === null)).toHaveLength(holder === undefined ? 0 : 1)
      const steps = transitions.map(({ fromState, toState }) => ({ fromState, toState }))
      expect(steps[0]).toEqual({ fromState: null, toState: 'pending' })
      for (const [index, { fromState, toState }] of steps.slice(1).entries()) {
        expect(fromState).toBe(steps[index]?.toState)
        expect(mayFollow(fromState ?? 'ready', toState)).toBe(true)
      }
      expect(steps.at(-1)?.toState).toBe(state)
      expect((ACTIVE_STATES as readonly ItemState[]).includes(state)).toBe(holder !== undefined)
    }
  }
}

test('whatever three workers do, nothing has two owners, nothing is lost, and counts add up', async () => {
  const scratch = await scratchLedger()
  const { db } = scratch.ledger
  const holds = fc.asyncProperty(
    fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }),
    async (steps) => {
      for (const table of ['attempt', 'transition', 'item'] as const) await db.deleteFrom(table).execute()
      const history = new History(scratch)
      for (const next of steps) {
        await history.take(next)
        await history.check()
      }
      await history.checkHistory()
    },
  )
  await expect(fc.assert(holds, { numRuns: timesHere(60) })).resolves.toBeUndefined()
}, 60_000)

/** 500 of 200 events take just under a minute of CPU; `npm run simulate -- --seeds 10000` goes further. */
const SEEDS = process.env['CI'] === undefined ? 20 : 500

test('whatever workers, clocks and people do over several pipelines, the queue does what the rules say, and all is done in the end', async () => {
  const isSqlite = timesHere(SEEDS) === SEEDS
  const ledger = isSqlite ? await memoryLedger() : await emptyLedger()
  try {
    for (let seed = 1; seed <= (isSqlite ? SEEDS : 3); seed++)
      await expect(runHistory(ledger, seed, 200)).resolves.toBeUndefined()
  } finally {
    if (isSqlite) await ledger.close()
  }
}, 600_000)
