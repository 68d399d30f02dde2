import { readFile } from 'node:fs/promises'
import type { Transporter, SMTPSentMessageInfo } from 'nodemailer'
import { CauceError, type ErrorDetails } from '../model/cauce-error.ts'
import type { ErrorCodeName } from '../model/error-codes.ts'
import { type Redact, redactor } from '../logs/redactor.ts'
import { channelSecrets, type MailSettings } from '../plan/alerts/resolve-channels.ts'
import type { AlertMessage } from './compose-message.ts'
import { mailBody } from './mail-body.ts'
import type { Sender, SendResult } from './sender.ts'

/** How long a whole delivery may take, greeting and login included. */
const TIMEOUT_MS = 30_000

/** Sends by SMTP, one connection a message. */
export function mailSender(
  settings: MailSettings,
  { timeoutMs = TIMEOUT_MS }: { readonly timeoutMs?: number | undefined } = {},
): Sender {
  const { name: channel, host } = settings
  const redact = redactor(channelSecrets(settings))
  return {
    channel,
    host,
    async send(message, signal) {
      const timeout = AbortSignal.timeout(timeoutMs)
      try {
        const transport = await openTransport(settings, timeoutMs)
        try {
          const whole = signal === undefined ? timeout : AbortSignal.any([timeout, signal])
          const info = await transport.sendMail({ ...mailOf(settings, message), signal: whole })
          return { kind: 'sent', note: refusedNote(info, redact) }
        } finally {
          transport.close()
        }
      } catch (error) {
        return failure(error, { channel, host, isLate: timeout.aborted, timeoutMs, redact })
      }
    },
  }
}

async function openTransport(
  { server, port, tls, caPath, login }: MailSettings,
  timeoutMs: number,
): Promise<Transporter<SMTPSentMessageInfo>> {
  const { createTransport } = await import('nodemailer')
  const ca = caPath === undefined ? undefined : await readFile(caPath, 'utf8')
  return createTransport({
    host: server,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    ...(login !== undefined && { auth: { user: login.user, pass: login.password } }),
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    logger: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

function mailOf({ from, to }: MailSettings, message: AlertMessage) {
  const domain = /@([^<>@\s]+?)>?$/.exec(from)?.[1] ?? 'localhost'
  return {
    from,
    to: [...to],
    subject: message.subject,
    ...mailBody(message),
    messageId: `<cauce.${message.id}@${domain}>`,
    headers: {
      // No answers of machines to a machine (RFC 3834, and Exchange's own word for it).
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'Content-Language': message.language,
    },
  }
}

/** Some of several recipients may be refused while the message goes to the others. */
function refusedNote({ rejected }: SMTPSentMessageInfo, redact: Redact): string | undefined {
  return rejected.length === 0 ? undefined : redact(`refused: ${rejected.join(', ')}`)
}

/** The file of `ca` cannot be read. */
const NO_FILE: readonly string[] = ['ENOENT', 'EACCES', 'EISDIR']

interface Met {
  readonly channel: string
  readonly host: string
  readonly isLate: boolean
  readonly timeoutMs: number
  readonly redact: Redact
}

function failure(error: unknown, { channel, host, isLate, timeoutMs, redact }: Met): SendResult {
  const failed = (code: ErrorCodeName, details: ErrorDetails, isFinal = false): SendResult => ({
    kind: 'failed',
    error: new CauceError(code, { channel, host, ...details }),
    isFinal,
    retryAfterMs: undefined,
  })
  if (isLate)
    return failed('ALERT_UNREACHABLE', {
      detail: `no end in ${timeoutMs / 1000} s`,
      detalle: `sin fin en ${timeoutMs / 1000} s`,
    })
  const { code, responseCode, message } = smtpError(error)
  const detail = redact(message)
  if (code === 'EAUTH' || code === 'ENOAUTH') return failed('ALERT_ACCESS', { detail })
  if (isCertificateFault(error) || code === 'ETLS' || NO_FILE.includes(code))
    return failed('ALERT_ACCESS', { detail })
  // The server's own word: 4yz may pass, 5yz will not (RFC 5321, 4.2.1).
  if (responseCode !== undefined) return failed('ALERT_REFUSED', { detail }, responseCode >= 500)
  return failed('ALERT_UNREACHABLE', { detail })
}

function smtpError(error: unknown): {
  readonly code: string
  readonly responseCode: number | undefined
  readonly message: string
} {
  if (!(error instanceof Error)) return { code: '', responseCode: undefined, message: String(error) }
  const code = 'code' in error ? String(error.code) : ''
  const responseCode = 'responseCode' in error ? Number(error.responseCode) : undefined
  return { code, responseCode, message: error.message }
}

/** OpenSSL's words for certificates begin in many ways; Node marks those of names apart. */
function isCertificateFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const words = `${'code' in error ? String(error.code) : ''} ${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`
  return /CERT|certificate|altnames/i.test(words)
}
