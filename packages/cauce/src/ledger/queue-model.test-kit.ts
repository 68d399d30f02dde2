import type { ItemState } from '../model/item-state.ts'
import { HELD_MS } from './held-ms.ts'
import { isActive, mayFollow, type SettledState } from './item-transitions.ts'
import type { ItemRow } from './tables.ts'

/** An item as the rules have it; the names are those of its row. */
export interface ModelItem extends Pick<
  ItemRow,
  'id' | 'pipeline' | 'key' | 'version' | 'generation' | 'boundHost' | 'planHash' | 'priority'
> {
  state: ItemState
  planHash: string
  priority: number
  epoch: number
  ownerPid: number | null
  leaseUntilMs: number | null
  dueMs: number
  roundAttempts: number
  dayRetries: number
  wantsCancel: boolean
  /** An attempt was lost or broken off while it was loading. */
  isInDoubt: boolean
}

interface ModelClaim {
  readonly plans: readonly {
    readonly pipeline: string
    readonly planHash: string
    readonly maxItems?: number
  }[]
  readonly host: string
  readonly pid: number
  readonly limit: number
  readonly leaseMs: number
  readonly nowMs: number
}

const REPLACEABLE: readonly ItemState[] = ['pending', 'failed_layout', 'failed_system', 'refused']
const TRIED_AGAIN: readonly ItemState[] = ['pending', 'failed_system']
const QUARANTINED: readonly ItemState[] = ['failed_layout', 'failed_system', 'refused']

/** The queue as plain rules over a map, with no database: what every operation must answer, and leave behind. */
export class QueueModel {
  readonly items = new Map<number, ModelItem>()
  readonly paused = new Set<string>()

  activeOf(pipeline: string): number {
    return [...this.items.values()].filter((item) => item.pipeline === pipeline && isActive(item.state))
      .length
  }

  record(
    item: Omit<
      ModelItem,
      | 'state'
      | 'epoch'
      | 'ownerPid'
      | 'leaseUntilMs'
      | 'roundAttempts'
      | 'dayRetries'
      | 'wantsCancel'
      | 'isInDoubt'
    >,
  ): void {
    this.items.set(item.id, {
      ...item,
      state: 'pending',
      epoch: 0,
      ownerPid: null,
      leaseUntilMs: null,
      roundAttempts: 0,
      dayRetries: 0,
      wantsCancel: false,
      isInDoubt: false,
    })
  }

  /** The source shows a version of a key, known already or not: others of it give way, and it comes back if it had. */
  show(shown: Pick<ModelItem, 'pipeline' | 'key' | 'version' | 'planHash'>, dueMs: number): void {
    for (const item of this.items.values()) {
      if (item.pipeline !== shown.pipeline || item.key !== shown.key) continue
      if (item.version !== shown.version && REPLACEABLE.includes(item.state)) {
        // Its next try asks the destination whether it is loaded.
        if (!(item.isInDoubt && TRIED_AGAIN.includes(item.state))) item.state = 'superseded'
      } else if (item.version === shown.version && item.state === 'superseded') {
        item.planHash = shown.planHash
        this.#reopen(item, dueMs)
      }
    }
  }

  /** Ids in the order they are given out. */
  claimNext({ plans, host, pid, limit, leaseMs, nowMs }: ModelClaim): readonly number[] {
    const all = [...this.items.values()]
    const isOf = (item: ModelItem) =>
      plans.some(({ planHash, pipeline }) => planHash === item.planHash && pipeline === item.pipeline)
    for (const item of all) if (isOf(item) && item.state === 'pending' && item.dueMs <= nowMs) item.dueMs = 0
    const reachable = all.filter(
      (item) =>
        isOf(item) && !this.paused.has(item.pipeline) && (item.boundHost === null || item.boundHost === host),
    )
    const expired = reachable
      .filter(({ leaseUntilMs }) => leaseUntilMs !== null && leaseUntilMs < nowMs)
      .toSorted((one, other) => (one.leaseUntilMs ?? 0) - (other.leaseUntilMs ?? 0) || one.id - other.id)
      .slice(0, limit)
    const room = new Map(
      plans.map(({ pipeline, maxItems = Infinity }) => [pipeline, maxItems - this.activeOf(pipeline)]),
    )
    const waiting = reachable.filter(({ state, dueMs }) => state === 'pending' && dueMs === 0).toSorted(first)
    const chosen = [...expired]
    for (const item of waiting) {
      const left = room.get(item.pipeline) ?? 0
      if (chosen.length >= limit || left <= 0) continue
      room.set(item.pipeline, left - 1)
      chosen.push(item)
    }
    const taken = chosen.filter((item) => this.#take(item, pid, nowMs + leaseMs))
    return taken.toSorted(first).map(({ id }) => id)
  }

  /** The item, if this claim holds it. */
  held(claim: { readonly id: number; readonly epoch: number }): ModelItem | undefined {
    const item = this.items.get(claim.id)
    return item !== undefined && item.epoch === claim.epoch && isActive(item.state) ? item : undefined
  }

  enter(item: ModelItem, states: readonly ItemState[]): void {
    for (const state of states) if (mayFollow(item.state, state)) item.state = state
  }

  settle(item: ModelItem, state: SettledState, dueMs = 0): void {
    Object.assign(item, { state, dueMs, ownerPid: null, leaseUntilMs: null })
  }

  /** Back to pending, or cancelled when somebody wanted it and nothing can have been committed. */
  giveBack(item: ModelItem, outcome: 'failed' | 'handed_back' | 'lost', dueMs = 0): void {
    if (item.state === 'loading' && outcome !== 'failed') item.isInDoubt = true
    if (outcome === 'handed_back') item.roundAttempts--
    if (item.wantsCancel && !item.isInDoubt) return this.settle(item, 'cancelled')
    Object.assign(item, { state: 'pending', dueMs, ownerPid: null, leaseUntilMs: null, wantsCancel: false })
  }

  /** Whether the wish was taken down. */
  requestCancel(id: number): boolean {
    const item = this.items.get(id)
    if (item === undefined) return false
    if (isActive(item.state)) return (item.wantsCancel = true)
    if (item.state !== 'pending' || item.isInDoubt) return false
    this.settle(item, 'cancelled')
    return true
  }

  retry(id: number): boolean {
    const item = this.items.get(id)
    if (item === undefined || ![...QUARANTINED, 'cancelled'].includes(item.state)) return false
    this.#reopen(item, 0)
    return true
  }

  discard(id: number): boolean {
    const item = this.items.get(id)
    if (item === undefined || !QUARANTINED.includes(item.state)) return false
    this.settle(item, 'cancelled')
    return true
  }

  /** The generation a reload would have: one that no version of the key ever had. Undefined: refused. */
  reload(id: number): number | undefined {
    const item = this.items.get(id)
    if (item?.state !== 'ready') return undefined
    const ofKey = [...this.items.values()].filter(
      ({ pipeline, key }) => pipeline === item.pipeline && key === item.key,
    )
    const newest = ofKey
      .filter(({ version }) => version === item.version)
      .reduce((one, other) => (one.generation > other.generation ? one : other))
    if (isActive(newest.state) || REPLACEABLE.includes(newest.state)) return undefined
    return Math.max(...ofKey.map(({ generation }) => generation)) + 1
  }

  dispatchHeld(pipeline: string, planHash: string): number {
    const held = this.#pending(pipeline).filter(({ dueMs }) => dueMs === HELD_MS)
    for (const item of held) Object.assign(item, { dueMs: 0, planHash })
    return held.length
  }

  adoptPending(pipeline: string, planHash: string, nowMs: number): number {
    for (const item of this.items.values()) {
      if (item.pipeline !== pipeline || item.planHash === planHash) continue
      if (item.leaseUntilMs !== null && item.leaseUntilMs < nowMs) this.giveBack(item, 'lost')
    }
    const older = this.#pending(pipeline).filter((item) => item.planHash !== planHash)
    for (const item of older) item.planHash = planHash
    return older.length
  }

  openNextDay(pipeline: string, planHash: string, days: number, nowMs: number): number {
    const due = [...this.items.values()].filter(
      (item) =>
        item.pipeline === pipeline &&
        item.state === 'failed_system' &&
        item.dayRetries < days &&
        item.dueMs <= nowMs &&
        !item.wantsCancel,
    )
    for (const item of due) {
      const dayRetries = item.dayRetries + 1
      this.#reopen(item, 0)
      Object.assign(item, { planHash, dayRetries })
    }
    return due.length
  }

  #pending(pipeline: string): readonly ModelItem[] {
    return [...this.items.values()].filter((item) => item.pipeline === pipeline && item.state === 'pending')
  }

  #reopen(item: ModelItem, dueMs: number): void {
    Object.assign(item, { state: 'pending', dueMs, roundAttempts: 0, dayRetries: 0, wantsCancel: false })
  }

  #take(item: ModelItem, ownerPid: number, leaseUntilMs: number): boolean {
    if (isActive(item.state)) {
      const ends = item.wantsCancel && !item.isInDoubt && item.state !== 'loading'
      if (ends) this.giveBack(item, 'lost')
      if (ends) return false
      if (item.state === 'loading') item.isInDoubt = true
    }
    item.epoch++
    item.roundAttempts++
    Object.assign(item, { state: 'extracting', ownerPid, leaseUntilMs, dueMs: 0, wantsCancel: false })
    return true
  }
}

function first(one: ModelItem, other: ModelItem): number {
  return other.priority - one.priority || one.id - other.id
}
