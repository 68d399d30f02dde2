import { deepEqual, equal, ok } from 'node:assert/strict'
import type { ItemState } from '../model/item-state.ts'
import type { Plan } from '../model/plan.ts'
import { adoptPending } from './adopt-pending.ts'
import { claimNext } from './claim-next.ts'
import { discardItem } from './discard-item.ts'
import { dispatchHeld } from './dispatch-held.ts'
import { freeSeat } from './free-seat.ts'
import { handBack } from './hand-back.ts'
import { heartbeat } from './heartbeat.ts'
import { HELD_MS } from './held-ms.ts'
import { isActive, type SettledState } from './item-transitions.ts'
import type { Ledger } from './ledger-access.ts'
import { openNextDay } from './open-next-day.ts'
import { pausePipeline } from './pause-pipeline.ts'
import { QueueModel } from './queue-model.test-kit.ts'
import { recordItems } from './record-items.ts'
import { recordPlan } from './record-plan.ts'
import { releaseClaim } from './release-claim.ts'
import { requestCancel } from './request-cancel.ts'
import { requestReload } from './request-reload.ts'
import { resumePipeline } from './resume-pipeline.ts'
import { retryItem } from './retry-item.ts'
import { SeatModel } from './seat-model.test-kit.ts'
import type { SeededRandom } from './seeded-random.test-kit.ts'
import { setPriority } from './set-priority.ts'
import { settleItem } from './settle-item.ts'
import type { SimClaim, SimWorker } from './sim-worker.test-kit.ts'
import { startRun } from './start-run.ts'
import { takeSeat } from './take-seat.ts'

const LEASE_MS = 1_000
const DAY_MS = 3_000
const DAYS = 2

/** At most so many of its items are active at once. */
const PIPELINES = { visits: 3, sales: 2, free: undefined } as const
type PipelineName = keyof typeof PIPELINES
export const PIPELINE_NAMES = Object.keys(PIPELINES) as PipelineName[]
const HOSTS = ['north', 'south'] as const
const WORKERS = 4

/** Most seats of each resource; now and then somebody thinks otherwise. */
const RESOURCES = { db: 2, sftp: 3 } as const

interface Pipeline {
  readonly name: PipelineName
  runId: string
  planHash: string
}

type Meddling = 'cancel' | 'retry' | 'discard' | 'reload' | 'priority'

/** Whether it makes sense to do this to an item; people do it all the same. */
function isFitting(what: Meddling, state: ItemState): boolean {
  switch (what) {
    case 'cancel':
      return state === 'pending' || isActive(state)
    case 'retry':
    case 'discard':
      return state === 'failed_layout' || state === 'failed_system' || state === 'refused'
    case 'reload':
      return state === 'ready'
    case 'priority':
      return state === 'pending'
  }
}

/**
 * A ledger, workers that die and forget, clocks that jump, people who change their mind, and the model; every answer of the ledger
 * is compared with the model's. Throws an AssertionError at the first that differs.
 */
export class QueueHistory {
  readonly model = new QueueModel()
  readonly seats = new SeatModel()
  readonly workers: SimWorker[] = []
  /** Ids of items whose rows are in the destination: its guard lets each in once. */
  readonly committed = new Set<number>()
  readonly #ledger: Ledger
  readonly #random: SeededRandom
  readonly #pipelines = new Map<PipelineName, Pipeline>()
  #nowMs = 1_000_000
  #names = 0

  constructor(ledger: Ledger, random: SeededRandom) {
    this.#ledger = ledger
    this.#random = random
  }

  async begin(): Promise<void> {
    for (const name of PIPELINE_NAMES) {
      this.#pipelines.set(name, { name, runId: '', planHash: '' })
      await this.newPlan(name)
    }
    for (let index = 0; index < WORKERS; index++)
      this.workers.push({
        owner: this.#newProcess(index),
        isAlive: true,
        plans: this.#currentPlans(),
        claims: [],
        seats: [],
      })
  }

  wait(ms: number): void {
    this.#nowMs += ms
  }

  async record(): Promise<void> {
    const random = this.#random
    const { name, runId, planHash } = this.#pipeline()
    const known = [...this.model.items.values()].filter(({ pipeline }) => pipeline === name)
    const again = random.happens(25) ? random.of(known) : undefined
    const key = again?.key ?? `key${++this.#names}`
    const entry = { key, sizeBytes: again === undefined ? 0 : random.whole(3), modifiedMs: 0 }
    const version = `${entry.sizeBytes}:0`
    const held = random.happens(15)
    const priority = random.happens(15) ? random.whole(4) : 0
    const boundHost = random.happens(20) ? (random.of(HOSTS) ?? null) : null
    const [recorded] = await recordItems(this.#ledger, {
      pipeline: name,
      runId,
      planHash,
      boundHost,
      held,
      priority,
      owner: this.#newProcess(0),
      entries: [entry],
      nowMs: this.#nowMs,
    })
    ok(recorded)
    const isKnown = known.some((item) => item.key === key && item.version === version)
    equal(recorded.isNew, !isKnown)
    const dueMs = held ? HELD_MS : 0
    this.model.show({ pipeline: name, key, version, planHash }, dueMs)
    if (recorded.isNew)
      this.model.record({
        id: recorded.item.id,
        pipeline: name,
        generation: 0,
        key,
        version,
        boundHost,
        planHash,
        priority,
        dueMs,
      })
  }

  async claim(worker: SimWorker, limit = this.#random.between(1, 4)): Promise<void> {
    const plans = PIPELINE_NAMES.map((pipeline) => ({
      pipeline,
      planHash: worker.plans.get(pipeline) ?? '',
      ...(PIPELINES[pipeline] !== undefined && { maxItems: PIPELINES[pipeline] }),
    }))
    const { owner } = worker
    const time = { limit, leaseMs: LEASE_MS, nowMs: this.#nowMs }
    const expected = this.model.claimNext({ plans, host: owner.host, pid: owner.pid, ...time })
    const items = await claimNext(this.#ledger, { plans, owner, ...time })
    deepEqual(
      items.map(({ id }) => id),
      expected,
    )
    for (const pipeline of PIPELINE_NAMES)
      ok(this.model.activeOf(pipeline) <= (PIPELINES[pipeline] ?? Infinity), `too many of ${pipeline}`)
    for (const { id, epoch } of items) {
      equal(epoch, this.model.items.get(id)?.epoch)
      worker.claims.push({ id, epoch, isLoading: false, isBroken: false, isUnwanted: false })
    }
  }

  /** Renews everything the worker believes it holds, and hears what is lost and unwanted. */
  async beat(
    worker: SimWorker,
    claims: readonly SimClaim[] = worker.claims,
    isLoading = false,
  ): Promise<void> {
    const states = (['transforming', 'loading'] as const).slice(0, isLoading ? 2 : 0)
    const untilMs = this.#nowMs + LEASE_MS
    const lost: number[] = []
    const cancelled: number[] = []
    const answer = await heartbeat(this.#ledger, {
      items: claims.map(({ id, epoch }) => ({
        id,
        epoch,
        stages: states.map((state) => ({ state, atMs: this.#nowMs })),
      })),
      seats: worker.seats,
      leaseMs: LEASE_MS,
      nowMs: this.#nowMs,
    })
    for (const claim of claims.toSorted((one, other) => one.id - other.id)) {
      const item = this.model.held(claim)
      if (item === undefined) {
        lost.push(claim.id)
        this.#drop(worker, claim)
        continue
      }
      item.leaseUntilMs = untilMs
      this.model.enter(item, states)
      claim.isLoading ||= isLoading
      if (item.wantsCancel) cancelled.push(claim.id)
      claim.isUnwanted ||= item.wantsCancel
    }
    const lostSeats = worker.seats.filter((seat) => !this.seats.renew(seat.resource, seat, untilMs))
    worker.seats = worker.seats.filter((seat) => !lostSeats.includes(seat))
    deepEqual({ lost: answer.lost, cancelled: answer.cancelled }, { lost, cancelled })
    deepEqual(new Set(answer.lostSeats), new Set(lostSeats))
  }

  /** Its transaction committed: once, whoever else tries. */
  async finish(worker: SimWorker, claim: SimClaim): Promise<void> {
    this.committed.add(claim.id)
    await this.#settle(worker, claim, 'ready')
  }

  /** Ends without having loaded; but first asks the destination, which makes others that load the same end one way or the other. */
  async fail(worker: SimWorker, claim: SimClaim): Promise<void> {
    const random = this.#random
    claim.isLoading = false
    this.#decideOpenLoads(claim.id)
    if (this.committed.has(claim.id)) return this.#settle(worker, claim, 'ready')
    if (claim.isUnwanted) return this.#settle(worker, claim, 'cancelled')
    const dueMs = random.happens(50) ? this.#nowMs + random.between(1, 3 * LEASE_MS) : 0
    if (random.happens(50)) return this.#giveBack(worker, claim, true, dueMs)
    const state = random.weighted({ failed_system: 7, failed_layout: 2, refused: 1, duplicate: 1 })
    await this.#settle(worker, claim, state, state === 'failed_system' ? this.#nowMs + DAY_MS : 0)
  }

  /** Breaks off: nobody knows whether what was on its way to be committed was. */
  async interrupt(worker: SimWorker, claim: SimClaim): Promise<void> {
    this.#decide(claim)
    await this.#giveBack(worker, claim, false, 0)
  }

  kill(worker: SimWorker): void {
    worker.isAlive = false
    for (const claim of worker.claims) this.#decide(claim)
  }

  /** Another process of the host proves it dead, frees what it held, and one more is started in its place. */
  async replace(worker: SimWorker): Promise<void> {
    for (const { id, epoch } of worker.claims) {
      const item = this.model.held({ id, epoch })
      const released = await releaseClaim(this.#ledger, { id, epoch, reason: 'dead', nowMs: this.#nowMs })
      equal(released !== undefined, item !== undefined)
      if (item !== undefined) this.model.giveBack(item, 'lost')
    }
    await this.leaveSeats(worker)
    const owner = this.#newProcess(this.workers.indexOf(worker))
    Object.assign(worker, { owner, isAlive: true, plans: this.#currentPlans(), claims: [] })
  }

  async takeSeat(worker: SimWorker): Promise<void> {
    const random = this.#random
    const resource = random.of(['db', 'sftp'] as const) ?? 'db'
    const limit = random.happens(10) ? random.between(1, 4) : RESOURCES[resource]
    const token = `token${++this.#names}`
    const { owner } = worker
    const time = { leaseMs: LEASE_MS, nowMs: this.#nowMs }
    const given = await takeSeat(this.#ledger, { resource, limit, owner, token, ...time })
    const seat = given === undefined ? undefined : { resource, number: given.number, token }
    equal(this.seats.take(resource, limit, seat, { ...time, token }), undefined)
    if (seat !== undefined) worker.seats.push(seat)
  }

  async leaveSeats(worker: SimWorker): Promise<void> {
    for (const seat of worker.seats.splice(0))
      equal(await freeSeat(this.#ledger, seat), this.seats.free(seat.resource, seat))
  }

  /** A person does something to an item, in whatever state it is. */
  async meddle(what: Meddling): Promise<void> {
    const all = [...this.model.items.values()]
    const fitting = all.filter(
      ({ state, dayRetries }) => isFitting(what, state) && (what !== 'retry' || dayRetries > 0),
    )
    const item = this.#random.of(this.#random.happens(60) && fitting.length > 0 ? fitting : all)
    if (item === undefined) return
    const request = { id: item.id, by: 'ana', reason: 'r', nowMs: this.#nowMs }
    switch (what) {
      case 'cancel':
        return equal(
          (await requestCancel(this.#ledger, request)) !== undefined,
          this.model.requestCancel(item.id),
        )
      case 'retry':
        return equal((await retryItem(this.#ledger, request)) !== undefined, this.model.retry(item.id))
      case 'discard':
        return equal((await discardItem(this.#ledger, request)) !== undefined, this.model.discard(item.id))
      case 'priority':
        item.priority = this.#random.whole(4)
        await setPriority(this.#ledger, item)
        return
      case 'reload': {
        const generation = this.model.reload(item.id)
        const sibling = await requestReload(this.#ledger, request)
        equal(sibling?.generation, generation)
        if (sibling !== undefined)
          this.model.record({
            ...item,
            id: sibling.id,
            generation: sibling.generation,
            priority: 0,
            dueMs: 0,
          })
      }
    }
  }

  async pause(name: PipelineName, isPaused: boolean): Promise<void> {
    const request = { pipeline: name, by: 'ana', nowMs: this.#nowMs }
    if (isPaused) await pausePipeline(this.#ledger, request)
    else equal(await resumePipeline(this.#ledger, request), this.model.paused.has(name))
    if (isPaused) this.model.paused.add(name)
    else this.model.paused.delete(name)
  }

  /** What a dispatcher does in its rounds. */
  async dispatch(name: PipelineName, what: 'nextDay' | 'held' | 'adopt'): Promise<void> {
    const { runId, planHash } = this.#pipeline(name)
    const request = { pipeline: name, runId, planHash, days: DAYS, nowMs: this.#nowMs }
    switch (what) {
      case 'nextDay':
        return equal(
          await openNextDay(this.#ledger, request),
          this.model.openNextDay(name, planHash, DAYS, this.#nowMs),
        )
      case 'held':
        return equal(await dispatchHeld(this.#ledger, request), this.model.dispatchHeld(name, planHash))
      case 'adopt':
        return equal(
          await adoptPending(this.#ledger, request),
          this.model.adoptPending(name, planHash, this.#nowMs),
        )
    }
  }

  /** Somebody changed the declaration: new processes know the new plan only, old ones the old. */
  async newPlan(name: PipelineName): Promise<void> {
    const pipeline = this.#pipeline(name)
    pipeline.planHash = `${name}-${++this.#names}`
    const plan = { pipeline: name, hash: pipeline.planHash } as Plan
    await recordPlan(this.#ledger, { plan, nowMs: this.#nowMs })
    const owner = this.#newProcess(0)
    const request = { pipeline: name, planHash: plan.hash, owner, mode: 'dispatched' } as const
    pipeline.runId = (await startRun(this.#ledger, { ...request, nowMs: this.#nowMs })).id
  }

  async #settle(worker: SimWorker, claim: SimClaim, state: SettledState, dueMs = 0): Promise<void> {
    const item = this.model.held(claim)
    const { id, epoch } = claim
    const settled = await settleItem(this.#ledger, { id, epoch, state, dueMs, nowMs: this.#nowMs })
    equal(settled !== undefined, item !== undefined)
    if (item !== undefined) this.model.settle(item, state, dueMs)
    claim.isLoading = false
    this.#drop(worker, claim)
  }

  async #giveBack(worker: SimWorker, claim: SimClaim, tryUsed: boolean, dueMs: number): Promise<void> {
    const item = this.model.held(claim)
    const { id, epoch } = claim
    const request = { id, epoch, reason: 'r', tryUsed, dueMs, nowMs: this.#nowMs }
    const back = await handBack(this.#ledger, request)
    equal(back !== undefined, item !== undefined)
    if (item !== undefined) this.model.giveBack(item, tryUsed ? 'failed' : 'handed_back', dueMs)
    this.#drop(worker, claim)
  }

  #drop(worker: SimWorker, claim: SimClaim): void {
    this.#decide(claim)
    worker.claims = worker.claims.filter((other) => other !== claim)
  }

  #decideOpenLoads(id: number): void {
    for (const { claims } of this.workers)
      for (const claim of claims) if (claim.id === id) this.#decide(claim)
  }

  /** An open transaction ends now: committed, or rolled back. */
  #decide(claim: SimClaim): void {
    if (!claim.isLoading) return
    claim.isLoading = false
    if (this.#random.happens(50)) this.committed.add(claim.id)
    claim.isBroken = true
  }

  #pipeline(name = this.#random.of(PIPELINE_NAMES)): Pipeline {
    const pipeline = this.#pipelines.get(name ?? 'visits')
    ok(pipeline)
    return pipeline
  }

  #currentPlans(): ReadonlyMap<string, string> {
    return new Map([...this.#pipelines.values()].map(({ name, planHash }) => [name, planHash]))
  }

  #newProcess(index: number): SimWorker['owner'] {
    const host = HOSTS[index % HOSTS.length] ?? 'north'
    const number = ++this.#names
    return { host, pid: number, start: `${number}` }
  }
}
