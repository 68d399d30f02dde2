import { expect, test } from 'vitest'
import { CauceError } from '../model/cauce-error.ts'
import type { ErrorCodeName } from '../model/error-codes.ts'
import { exitCodeOf, type ExitRequest } from './exit-code.ts'

type Run = ExitRequest['runs'][number]
type Carried = NonNullable<Run['result']>['carried'][number]

interface End {
  readonly id: number
  readonly error?: ErrorCodeName
  readonly state?: string
  readonly rejected?: number
}

/** A run as far as exit codes look at it. */
function runOf(ends: readonly End[], run: Partial<Run> = {}): Run {
  const carried = ends.map(({ id, error, state = 'ready', rejected = 0 }) => ({
    item: { id },
    outcome: {
      state,
      counts: { rejected },
      error: error === undefined ? undefined : new CauceError(error, {}).report(),
    },
  })) as unknown as readonly Carried[]
  const result = { carried } as unknown as NonNullable<Run['result']>
  return { state: 'done', error: undefined, result, ...run }
}

const code = (runs: readonly Run[], more: Partial<ExitRequest> = {}): number =>
  exitCodeOf({ runs, detailed: false, interruptedBy: undefined, ...more })

test('done is 0, with rejects and with nothing to do, unless details are asked for', () => {
  const [plain, rejects, nothing] = [runOf([{ id: 1 }]), runOf([{ id: 1, rejected: 3 }]), runOf([])]
  expect([plain, rejects, nothing].map((run) => code([run]))).toEqual([0, 0, 0])
  expect([plain, rejects, nothing].map((run) => code([run], { detailed: true }))).toEqual([0, 10, 99])
})

test('of several failures the worst decides: 78 before 77 before 65 before 75', () => {
  const ends: readonly End[] = [
    { id: 1, error: 'SOURCE_UNREACHABLE' },
    { id: 2, error: 'LAYOUT_COLUMNS' },
    { id: 3, error: 'DESTINATION_ACCESS' },
    { id: 4, error: 'CONFIG_INVALID' },
  ]
  expect([1, 2, 3, 4].map((n) => code([runOf(ends.slice(0, n))]))).toEqual([75, 65, 77, 78])
  expect(code([runOf(ends.slice(0, 1)), runOf(ends.slice(1, 2))])).toBe(65)
})

test('a run that broke off counts like an item that failed', () => {
  expect(code([runOf([], { state: 'failed', error: new CauceError('SOURCE_MISSING', {}) })])).toBe(78)
  expect(code([runOf([], { state: 'failed', error: new CauceError('BUG', {}) })])).toBe(70)
})

test('an item that was tried again counts by its last try', () => {
  expect(code([runOf([{ id: 1, error: 'SOURCE_CHANGED' }, { id: 1 }])])).toBe(0)
})

test('a refused file waits for a person', () => {
  expect(code([runOf([{ id: 1, state: 'refused' }])])).toBe(65)
  expect(code([runOf([{ id: 1, state: 'duplicate' }])])).toBe(0)
})

test('an interruption outweighs everything and tells the signal', () => {
  const failed = runOf([{ id: 1, error: 'CONFIG_INVALID' }], { state: 'interrupted' })
  expect(code([failed])).toBe(130)
  expect(code([failed], { interruptedBy: 'SIGINT' })).toBe(130)
  expect(code([failed], { interruptedBy: 'SIGTERM' })).toBe(143)
})
