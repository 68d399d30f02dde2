import { CauceError } from '../model/cauce-error.ts'
import type { Redact } from '../logs/redactor.ts'
import type { SendResult } from './sender.ts'

export interface PostRequest {
  readonly channel: string
  readonly host: string
  readonly url: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly nowMs: number
  readonly redact: Redact
  readonly signal: AbortSignal | undefined
}

/** The message itself is not understood, or the address is gone for good: it would be refused again. */
const FINAL_STATUSES: readonly number[] = [400, 410, 413, 422]
const ACCESS_STATUSES: readonly number[] = [401, 403, 404]

/**
 * Posts JSON once. Redirects are not followed: they would carry message and signature to an address nobody declared. What comes
 * back is not read beyond its status.
 */
export async function postJson(request: PostRequest): Promise<SendResult> {
  const { channel, host, url, body, headers, timeoutMs, nowMs, redact, signal } = request
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'cauce', ...headers },
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    })
    // What is left unread may break off; the status is all that counts.
    await response.body?.cancel().catch(() => undefined)
    if (response.ok) return { kind: 'sent', note: undefined }
    return refused(request, response, retryAfterMs(response.headers.get('retry-after'), nowMs))
  } catch (error) {
    const detail = timeout.aborted ? `no answer in ${timeoutMs / 1000} s` : redact(reasonOf(error))
    const detalle = timeout.aborted ? `sin respuesta en ${timeoutMs / 1000} s` : detail
    return {
      kind: 'failed',
      error: new CauceError('ALERT_UNREACHABLE', { channel, host, detail, detalle }),
      isFinal: false,
      retryAfterMs: undefined,
    }
  }
}

function refused(
  { channel, host }: PostRequest,
  { status }: Response,
  waitMs: number | undefined,
): SendResult {
  const isRedirect = status >= 300 && status < 400
  const detail = isRedirect ? `HTTP ${status}, and redirects are not followed` : `HTTP ${status}`
  const detalle = isRedirect ? `HTTP ${status}, y no se siguen redirecciones` : detail
  const code = isRedirect || ACCESS_STATUSES.includes(status) ? 'ALERT_ACCESS' : 'ALERT_REFUSED'
  return {
    kind: 'failed',
    error: new CauceError(code, { channel, host, detail, detalle }),
    isFinal: FINAL_STATUSES.includes(status),
    retryAfterMs: waitMs,
  }
}

/** `fetch` says no more than that it failed; why stands in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  const code = 'code' in cause ? String(cause.code) : ''
  return cause.message === '' ? code : cause.message
}

/** Seconds, or a date (RFC 9110). */
function retryAfterMs(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined
  const waitMs = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs
  return Number.isNaN(waitMs) || waitMs < 0 ? undefined : waitMs
}
