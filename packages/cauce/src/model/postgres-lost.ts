/*
 * What errors of `pg` and of a PostgreSQL server mean for a connection. The ledger and the destination, which do not know each
 * other, speak to such servers.
 */

/** The server ended the connection, or takes none at this moment: shutdown, crash, starting, idle too long, too many clients. */
const LOST_STATES: ReadonlySet<string> = new Set(['57P01', '57P02', '57P03', '57P05', '25P03', '53300'])

const LOST_CODES: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_WRITE_AFTER_END',
])

/** What the driver says of a connection that is gone, without a code. */
const LOST_WORDS =
  /^(?:Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|timeout expired)/

/** The server's own code of an error, if it is one of the server's. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, severity } = error as { code?: unknown; severity?: unknown }
  return severity !== undefined && typeof code === 'string' ? code : undefined
}

/** The code of an error of the system or of Node. */
export function systemCode(error: unknown): string | undefined {
  if (sqlState(error) !== undefined || !(error instanceof Error)) return undefined
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}

/** Whether an error of the driver means that the connection is gone or could not be had (and not that something was refused). */
export function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const state = sqlState(error)
  if (state !== undefined) return LOST_STATES.has(state) || state.startsWith('08')
  const code = systemCode(error)
  if (code !== undefined) return LOST_CODES.has(code)
  return LOST_WORDS.test(error.message)
}
