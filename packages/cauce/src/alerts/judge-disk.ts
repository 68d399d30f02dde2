import type { Judge } from './look.ts'

/** Room that comes and goes around the limit is one shortage, not many. */
const ENOUGH_AGAIN = 1.1

/** `diskShort`, of this process's own home: what other machines found is theirs to end. */
export const judgeDisk: Judge<'disk_short'> = async ({ disk }, { rule }, open) => {
  if (disk === undefined) return []
  const { leastBytes } = rule
  const subject = `${disk.host}:${disk.path}`
  if (disk.freeBytes < leastBytes)
    return [
      {
        kind: 'holds',
        subject,
        pipeline: null,
        details: { kind: 'disk_short', ...disk, leastBytes },
        isMeasured: true,
      },
    ]
  return open.has(subject) && disk.freeBytes >= leastBytes * ENOUGH_AGAIN
    ? [{ kind: 'ended', subject, end: { how: 'over' } }]
    : []
}
