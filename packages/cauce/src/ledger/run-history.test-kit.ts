import { deepEqual, equal, ok } from 'node:assert/strict'
import { isActive, mayFollow } from './item-transitions.ts'
import { type Ledger, readLedger } from './ledger-access.ts'
import type { ModelItem } from './queue-model.test-kit.ts'
import { PIPELINE_NAMES, QueueHistory } from './queue-history.test-kit.ts'
import { SeededRandom } from './seeded-random.test-kit.ts'
import type { SimClaim, SimWorker } from './sim-worker.test-kit.ts'

const WEIGHTS = {
  record: 12,
  claim: 14,
  work: 34,
  beat: 6,
  kill: 2,
  replace: 4,
  takeSeat: 5,
  leaveSeats: 3,
  cancel: 6,
  retry: 3,
  discard: 1,
  reload: 1,
  priority: 1,
  pause: 1,
  resume: 2,
  nextDay: 4,
  held: 2,
  adopt: 1,
  newPlan: 1,
  wait: 10,
  jump: 3,
}

/** Comparing every row costs more than what is compared; each answer is compared at once all the same. */
const EVENTS_PER_LOOK = 20
const MOST_ROUNDS = 25

/**
 * One history of so many events, the same for the same seed: then everything heals, and whatever was recorded must come to its
 * end. Empties the ledger first.
 * @throws {Error} that names the seed, the event and what differs from the model
 */
export async function runHistory(ledger: Ledger, seed: number, events: number): Promise<void> {
  const random = new SeededRandom(seed)
  const history = new QueueHistory(ledger, random)
  const last: string[] = []
  try {
    await empty(ledger)
    await history.begin()
    for (let event = 1; event <= events; event++) {
      const name = random.weighted(WEIGHTS)
      last.push(`${event} ${name}`)
      await take(history, random, name)
      if (event % EVENTS_PER_LOOK === 0) await expectSameRows(ledger, history)
    }
    last.push('healing')
    await heal(history)
    await expectSameRows(ledger, history)
    expectAllAccountedFor(history)
    await expectUnbrokenHistory(ledger, history)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new Error(`seed ${seed}, after ${last.slice(-8).join(', ')}: ${said}`, { cause: error })
  }
}

async function empty({ db }: Ledger): Promise<void> {
  const tables = [
    'ruleCount',
    'attempt',
    'transition',
    'item',
    'run',
    'plan',
    'seat',
    'pipelineControl',
  ] as const
  for (const table of tables) await db.deleteFrom(table).execute()
}

async function take(history: QueueHistory, random: SeededRandom, name: keyof typeof WEIGHTS): Promise<void> {
  const worker = random.of(history.workers.filter(({ isAlive }) => isAlive))
  const pipeline = random.of(PIPELINE_NAMES) ?? 'visits'
  switch (name) {
    case 'record':
      return history.record()
    case 'wait':
      return history.wait(random.between(1, 300))
    case 'jump':
      return history.wait(random.of([1_500, 30_000, -400, -5_000]) ?? 0)
    case 'cancel':
    case 'retry':
    case 'discard':
    case 'reload':
    case 'priority':
      return history.meddle(name)
    case 'pause':
    case 'resume':
      return history.pause(pipeline, name === 'pause')
    case 'nextDay':
    case 'held':
    case 'adopt':
      return history.dispatch(pipeline, name)
    case 'newPlan':
      return history.newPlan(pipeline)
    case 'replace': {
      const dead = random.of(history.workers.filter(({ isAlive }) => !isAlive))
      return dead === undefined ? undefined : history.replace(dead)
    }
    case 'claim':
    case 'work':
    case 'beat':
    case 'kill':
    case 'takeSeat':
    case 'leaveSeats':
      return worker === undefined ? undefined : act(history, random, worker, name)
  }
}

async function act(
  history: QueueHistory,
  random: SeededRandom,
  worker: SimWorker,
  name: 'claim' | 'work' | 'beat' | 'kill' | 'takeSeat' | 'leaveSeats',
): Promise<void> {
  switch (name) {
    case 'claim':
      return history.claim(worker)
    case 'beat':
      return history.beat(worker)
    case 'kill':
      return history.kill(worker)
    case 'takeSeat':
      return history.takeSeat(worker)
    case 'leaveSeats':
      return history.leaveSeats(worker)
    case 'work': {
      const claim = random.of(worker.claims)
      return claim === undefined ? undefined : work(history, random, worker, claim)
    }
  }
}

async function work(
  history: QueueHistory,
  random: SeededRandom,
  worker: SimWorker,
  claim: SimClaim,
): Promise<void> {
  if (claim.isUnwanted || claim.isBroken) return history.fail(worker, claim)
  switch (random.weighted({ go: 8, fail: 2, interrupt: 1 })) {
    case 'go':
      if (claim.isLoading) return history.finish(worker, claim)
      return history.beat(worker, [claim], random.happens(70))
    case 'fail':
      return history.fail(worker, claim)
    case 'interrupt':
      return history.interrupt(worker, claim)
  }
}

/** Nobody dies or meddles any more: within a bounded number of rounds nothing is left to do. */
async function heal(history: QueueHistory): Promise<void> {
  for (const name of PIPELINE_NAMES) await history.pause(name, false)
  for (let round = 1; ; round++) {
    ok(round <= MOST_ROUNDS, 'something is never done')
    history.wait(4_000)
    for (const name of PIPELINE_NAMES)
      for (const what of ['held', 'adopt', 'nextDay'] as const) await history.dispatch(name, what)
    for (const worker of history.workers) await healWorker(history, worker)
    const isDone = [...history.model.items.values()].every(
      ({ state, dayRetries, wantsCancel }) =>
        state !== 'pending' &&
        !isActive(state) &&
        (state !== 'failed_system' || dayRetries === 2 || wantsCancel),
    )
    if (isDone) break
  }
  for (const resource of ['db', 'sftp']) equal(history.seats.heldAt(resource, Infinity), 0, 'a seat leaked')
}

async function healWorker(history: QueueHistory, worker: SimWorker): Promise<void> {
  if (!worker.isAlive) await history.replace(worker)
  // Plans are known from the start on: a worker that knows only old ones is started anew.
  history.kill(worker)
  await history.replace(worker)
  await history.claim(worker, 5)
  await history.beat(worker, worker.claims, true)
  for (const claim of worker.claims)
    await (claim.isUnwanted ? history.fail(worker, claim) : history.finish(worker, claim))
}

async function expectSameRows(ledger: Ledger, { model }: QueueHistory): Promise<void> {
  const rows = await readLedger(ledger, (db) =>
    db
      .selectFrom('item')
      .orderBy('id')
      .select(['id', 'state', 'epoch', 'planHash', 'priority', 'dueMs', 'ownerPid', 'leaseUntilMs'])
      .select(['roundAttempts', 'dayRetries', 'cancelMs'])
      .execute(),
  )
  const expected = [...model.items.values()].toSorted((one, other) => one.id - other.id)
  deepEqual(
    rows.map(({ cancelMs, ...row }) => ({ ...row, wantsCancel: isOpenWish(row.state, cancelMs !== null) })),
    expected.map((item) => ({
      id: item.id,
      state: item.state,
      epoch: item.epoch,
      planHash: item.planHash,
      priority: item.priority,
      dueMs: item.dueMs,
      ownerPid: item.ownerPid,
      leaseUntilMs: item.leaseUntilMs,
      roundAttempts: item.roundAttempts,
      dayRetries: item.dayRetries,
      wantsCancel: isOpenWish(item.state, item.wantsCancel),
    })),
  )
}

/** Of what has ended it is only part of the story. */
function isOpenWish(state: ModelItem['state'], wantsCancel: boolean): boolean {
  return wantsCancel && (isActive(state) || state === 'failed_system')
}

/** Whatever is called ready is in the destination, and nothing else is. */
function expectAllAccountedFor({ model, committed }: QueueHistory): void {
  for (const { id, state } of model.items.values())
    equal(committed.has(id), state === 'ready', `item ${id} is ${state}`)
}

async function expectUnbrokenHistory(ledger: Ledger, { model }: QueueHistory): Promise<void> {
  const { transitions, attempts } = await readLedger(ledger, async (db) => ({
    transitions: await db
      .selectFrom('transition')
      .orderBy('id')
      .select(['itemId', 'fromState', 'toState'])
      .execute(),
    attempts: await db.selectFrom('attempt').orderBy('id').select(['itemId', 'epoch', 'outcome']).execute(),
  }))
  const states = new Map<number, ModelItem['state']>()
  for (const { itemId, fromState, toState } of transitions) {
    equal(fromState, states.get(itemId) ?? null, `item ${itemId}'s history has a gap`)
    ok(fromState === null || mayFollow(fromState, toState), `item ${itemId}: ${fromState} to ${toState}`)
    states.set(itemId, toState)
  }
  const epochs = new Map<number, number>()
  for (const { itemId, epoch, outcome } of attempts) {
    equal(epoch, (epochs.get(itemId) ?? 0) + 1)
    ok(outcome !== null, `attempt ${epoch} of item ${itemId} never ended`)
    epochs.set(itemId, epoch)
  }
  for (const { id, state, epoch } of model.items.values()) {
    equal(states.get(id), state)
    equal(epochs.get(id) ?? 0, epoch)
  }
}
