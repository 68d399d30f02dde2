import { createConnection } from 'node:net'
import type { ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2'
import type SftpClient from 'ssh2-sftp-client'
import { CauceError } from '../../model/cauce-error.ts'
import type { Clock } from '../../model/clock.ts'
import { SftpConnection } from './connection.ts'
import { credentials, type Credentials } from './credentials.ts'
import { loadDriver } from './driver.ts'
import { connectError, connectionLost, serverSilent } from './errors.ts'
import { hostKeyCheck, typeOf, type HostKeyCheck } from './host-key-check.ts'
import { keyTypeOf } from './known-hosts.ts'
import type { SftpLocation } from './location.ts'

/** Our side of things. */
export interface SftpSurroundings {
  readonly clock: Clock
  readonly homeFolder: string
  /** The socket of the ssh agent, if one runs. */
  readonly agent: string | undefined
}

/**
 * Connects, checks the host key before any credential is sent, logs in and starts SFTP, all within `timeoutMs`.
 * @throws {CauceError} SOURCE_UNREACHABLE (also when the signal aborts), SOURCE_ACCESS, SOURCE_HOST_KEY, CONFIG_INVALID,
 * DRIVER_MISSING
 */
export async function connectSftp(
  location: SftpLocation,
  surroundings: SftpSurroundings,
  signal: AbortSignal,
): Promise<SftpConnection> {
  const Driver = await loadDriver()
  const check = await hostKeyCheck(location, surroundings.homeFolder)
  const login = await credentials(location, surroundings.agent)
  const { clock } = surroundings
  const limit = new AbortController()
  const done = new AbortController()
  const cancel = (): void => limit.abort(connectionLost(location, new Error('cancelled while connecting')))
  void clock.sleep(location.timeoutMs, done.signal).then(
    () => limit.abort(serverSilent(location)),
    // Connected, or failed, in time.
    () => undefined,
  )
  signal.addEventListener('abort', cancel, { once: true })
  try {
    if (signal.aborted) cancel()
    return await withEveryKeyType({ Driver, location, login, check, clock, limit: limit.signal })
  } finally {
    signal.removeEventListener('abort', cancel)
    done.abort()
  }
}

interface Attempt {
  readonly Driver: typeof SftpClient
  readonly location: SftpLocation
  readonly login: Credentials
  readonly check: HostKeyCheck
  readonly clock: Clock
  /** Aborts with a CauceError. */
  readonly limit: AbortSignal
}

type Outcome =
  | { readonly kind: 'connected'; readonly connection: SftpConnection }
  | { readonly kind: 'failed'; readonly error: CauceError }
  | { readonly kind: 'refused'; readonly refusal: string; readonly keyType: string | undefined }

/**
 * A server shows one of its host keys, by the algorithms asked for. A pinned fingerprint does not tell which, so when the
 * key shown is another one the other types are asked for before giving up.
 */
async function withEveryKeyType(attempt: Attempt): Promise<SftpConnection> {
  const { check, location } = attempt
  const refusals: string[] = []
  let algorithms = check.algorithms
  while (algorithms.length > 0) {
    const outcome = await logIn(attempt, algorithms)
    if (outcome.kind === 'connected') return outcome.connection
    if (outcome.kind === 'failed') {
      const noneLeft = refusals.length > 0 && /no matching host key/i.test(outcome.error.message)
      if (!noneLeft) throw outcome.error
      break
    }
    refusals.push(outcome.refusal)
    if (!check.anyType) break
    const others = algorithms.filter((algorithm) => typeOf(algorithm) !== outcome.keyType)
    algorithms = others.length < algorithms.length ? others : []
  }
  throw new CauceError('SOURCE_HOST_KEY', { url: location.displayUrl, detail: refusals.join('; ') })
}

async function logIn(attempt: Attempt, algorithms: readonly ServerHostKeyAlgorithm[]): Promise<Outcome> {
  const { Driver, location, login, check, clock, limit } = attempt
  let refusal: Extract<Outcome, { kind: 'refused' }> | undefined
  let firstError: unknown
  // Its own listeners would print to the console.
  const client = new Driver('cauce', { error: () => undefined, end: () => undefined, close: () => undefined })
  // The driver rejects with a copy that lacks the level, which tells a refused password from a lost connection.
  client.on('error', (error: unknown) => (firstError ??= error))
  client.on('keyboard-interactive', answerWith(login.config.password))
  // Without noDelay every small request waits 40 ms for the acknowledgement of the one before.
  const socket = createConnection({ host: location.host, port: location.port, noDelay: true })
  const stop = (): unknown => socket.destroy()
  limit.addEventListener('abort', stop, { once: true })
  try {
    const config: ConnectConfig = {
      ...login.config,
      sock: socket,
      // Silence is judged by us, here and in the connection; pings keep an idle line open.
      readyTimeout: 0,
      keepaliveInterval: location.timeoutMs / 4,
      keepaliveCountMax: Number.MAX_SAFE_INTEGER,
      algorithms: { serverHostKey: [...algorithms] },
      hostVerifier: (key: Buffer): boolean => {
        const reason = check.refusalOf(key)
        if (reason !== undefined) refusal = { kind: 'refused', refusal: reason, keyType: keyTypeOf(key) }
        return reason === undefined
      },
    }
    const sftp = await Promise.race([client.connect(config), rejection(limit)])
    return { kind: 'connected', connection: new SftpConnection({ client, sftp, socket, location, clock }) }
  } catch (error) {
    socket.destroy()
    if (limit.aborted)
      return { kind: 'failed', error: connectError(limit.reason, location, login.description) }
    if (refusal !== undefined) return refusal
    return { kind: 'failed', error: connectError(firstError ?? error, location, login.description) }
  } finally {
    limit.removeEventListener('abort', stop)
  }
}

async function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = (): void => reject(signal.reason as Error)
    if (signal.aborted) refuse()
    else signal.addEventListener('abort', refuse, { once: true })
  })
}

type KeyboardListener = (
  name: string,
  instructions: string,
  language: string,
  prompts: readonly { readonly echo?: boolean }[],
  finish: (answers: string[]) => void,
) => void

/** Gives the password to a single hidden question; anything else (a code from a telephone) only a person could answer. */
function answerWith(password: string | undefined): KeyboardListener {
  return (_name, _instructions, _language, prompts, finish) => {
    const isPassword = prompts.length === 1 && prompts[0]?.echo !== true
    finish(isPassword && password !== undefined ? [password] : [])
  }
}
