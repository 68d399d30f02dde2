import type { Clock } from '../model/clock.ts'

/** Whether work comes to a good end in time; it is not broken off, and its failure is told to nobody else. */
export async function endsWithin(clock: Clock, limitMs: number, work: Promise<unknown>): Promise<boolean> {
  const ended = new AbortController()
  const well = work.then(
    () => true,
    () => false,
  )
  const late = clock.sleep(limitMs, ended.signal).then(
    () => false,
    () => false,
  )
  try {
    return await Promise.race([well, late])
  } finally {
    ended.abort()
  }
}
