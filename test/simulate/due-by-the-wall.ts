const MINUTE_MS = 60_000

/**
 * When a clock on the wall of a zone first shows a time of day (`02:30`), or has passed it, once each day: counted minute by
 * minute, with nothing but what the platform says the clock shows.
 */
export function dueByTheWall(
  timezone: string,
  time: string,
  fromMs: number,
  untilMs: number,
): readonly number[] {
  const clock = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'short',
  })
  const due: number[] = []
  const days = new Set<string>()
  let before = clock.format(fromMs)
  for (let ms = fromMs + MINUTE_MS; ms <= untilMs; ms += MINUTE_MS) {
    const wall = clock.format(ms)
    const day = wall.slice(0, 10)
    const moment = `${day} ${time}`
    if (before < moment && wall >= moment && !days.has(day)) {
      days.add(day)
      due.push(ms)
    }
    before = wall
  }
  return due
}
