/** Where time comes from, so that tests and simulations can bring their own. */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number
  /** Resolves after `ms` milliseconds; rejects with an AbortError when the signal aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The machine's own clock. */
export const systemClock: Clock = {
  // The one place that may ask the machine: everything else is handed a clock.
  // oxlint-disable-next-line no-restricted-properties
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    const { setTimeout } = await import('node:timers/promises')
    await setTimeout(ms, undefined, signal === undefined ? undefined : { signal })
  },
}
