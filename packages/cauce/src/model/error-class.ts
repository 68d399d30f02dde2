/**
 * What a failure means to whoever decides what happens next; classified once, by the connector or engine that saw it.
 *
 * - `system`: network, server, lock, disk, memory. Tried again.
 * - `layout`: the file is not what was agreed. A person must act.
 * - `access`: credentials or permission. No try is used up.
 * - `config`: the declaration or a setting is wrong. Refused before anything runs.
 * - `usage`: the command line is wrong.
 * - `bug`: our own mistake. Fatal and loud, never retried.
 */
export type ErrorClass = 'system' | 'layout' | 'access' | 'config' | 'usage' | 'bug'

/** The contract for every orchestrator that calls us (sysexits where one fits). */
export const EXIT_CODES = {
  done: 0,
  doneWithRejects: 10,
  usage: 64,
  layout: 65,
  bug: 70,
  system: 75,
  access: 77,
  config: 78,
  nothingToDo: 99,
  interrupted: 130,
  terminated: 143,
} as const

/** Worst first: when several items failed, the first of these present decides the exit code. */
export const CLASS_PRECEDENCE: readonly ErrorClass[] = [
  'bug',
  'usage',
  'config',
  'access',
  'layout',
  'system',
]
