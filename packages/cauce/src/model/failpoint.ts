/**
 * A named boundary at which tests end the process with SIGKILL, to prove that a crash there loses and repeats nothing.
 *
 * `CAUCE_FAIL_AT=load:before-commit` kills at the first passage, `load:before-commit#3` at the third. Unset, it costs one
 * comparison. The names are listed in `FAILPOINTS`, and the fault suite visits every one of them.
 */
export function failpoint(name: Failpoint): void {
  const wanted = process.env['CAUCE_FAIL_AT']
  if (wanted === undefined || wanted === '') return
  const [target, passage = '1'] = wanted.split('#')
  if (target !== name) return
  passages++
  if (passages === Number(passage)) process.kill(process.pid, 'SIGKILL')
}

let passages = 0

/** Every boundary, in the order an item passes them. The part before the colon is the process or stage it lies in. */
export const FAILPOINTS = [
  'worker:after-discover',
  'worker:after-claim',
  'extract:before',
  'extract:half-way',
  'extract:after',
  'transform:after-judge',
  'transform:after',
  'load:before-guard',
  'load:after-guard',
  'load:after-removal',
  'load:after-remerge',
  'load:after-tables',
  'load:before-commit',
  'load:after-commit',
  'archive:before-backup',
  'archive:after-backup',
  'archive:after-delete',
  'worker:before-settle',
  'worker:after-settle',
  'worker:before-close',
] as const

/** Those a close of day passes, which is no part of a run. */
export const CLOSE_FAILPOINTS = [
  'close:before-archive',
  'close:half-archived',
  'close:before-rename',
  'close:after-rename',
  'close:after-record',
  'close:half-removed',
  'close:before-reports',
] as const

/** Those that putting a failed file aside passes, and taking it away once it was loaded. */
export const QUARANTINE_FAILPOINTS = [
  'quarantine:after-copy',
  'quarantine:before-rename',
  'quarantine:before-mark',
  'quarantine:half-removed',
] as const

export type Failpoint =
  | (typeof FAILPOINTS)[number]
  | (typeof CLOSE_FAILPOINTS)[number]
  | (typeof QUARANTINE_FAILPOINTS)[number]
