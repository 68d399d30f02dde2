import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { onTestFinished } from 'vitest'
import { serverAccount } from '../servers/account.ts'
import { freePort, LOOPBACK } from '../servers/free-port.ts'
import { tlsCertificate } from '../servers/tls-certificate.ts'

/** A message as the server got it. */
export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  readonly isSecure: boolean
  readonly user: string | undefined
  /** Headers and bodies, as they came over the wire. */
  readonly raw: string
}

/** How the server answers; changed at will while it runs. */
export interface SmtpBehaviour {
  /** Answer to a message: a code and words, or none to take it. */
  message?: { readonly code: number; readonly words: string } | undefined
  /** Recipients refused with 550. */
  refused: readonly string[]
}

export interface SmtpScene {
  readonly port: number
  /** Of the authority, for `ca`. */
  readonly certificatePath: string
  readonly received: ReceivedMail[]
  readonly behaviour: SmtpBehaviour
}

export const USER = 'cauce'
export const PASSWORD = 'contraseña-de-correo-8491'

/** A real SMTP server on a loopback address with a certificate of its own for 127.0.0.1; gone when the test is over. */
export async function startSmtp(options: SMTPServerOptions = {}, host = LOOPBACK): Promise<SmtpScene> {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-smtp-'))
  const { certificatePath, keyPath } = await tlsCertificate(folder, await serverAccount())
  const received: ReceivedMail[] = []
  const behaviour: SmtpBehaviour = { refused: [] }
  const server = new SMTPServer({
    cert: await readFile(certificatePath, 'utf8'),
    key: await readFile(keyPath, 'utf8'),
    authMethods: ['PLAIN', 'LOGIN'],
    logger: false,
    onAuth: ({ username, password }, _session, done) =>
      username === USER && password === PASSWORD
        ? done(null, { user: username })
        : done(answer(535, `5.7.8 bad credentials for ${password}`)),
    onRcptTo: ({ address }, _session, done) =>
      done(behaviour.refused.includes(address) ? answer(550, '5.1.1 no such mailbox') : undefined),
    onData(stream, { envelope, secure, user }, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { message } = behaviour
        if (message !== undefined) return done(answer(message.code, message.words))
        received.push({
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          isSecure: secure,
          user: typeof user === 'string' ? user : undefined,
          raw: Buffer.concat(chunks).toString(),
        })
        return done()
      })
    },
    ...options,
  })
  const port = await freePort()
  // Clients that break off a handshake are what some tests are about.
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => {
    server.listen(port, host, resolve)
  })
  onTestFinished(async () => {
    await new Promise<void>((resolve) => {
      server.close(resolve)
    })
    await rm(folder, { recursive: true, force: true })
  })
  return { port, certificatePath, received, behaviour }
}

function answer(responseCode: number, words: string): Error {
  return Object.assign(new Error(words), { responseCode })
}

/** A header of a message with its lines put together, still encoded. */
export function headerOf({ raw }: ReceivedMail, name: string): string | undefined {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ')
  const line = head.split('\r\n').find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`))
  return line?.slice(name.length + 1).trim()
}

/** The text of a header of encoded words (RFC 2047). */
export function decodedWords(text: string): string {
  const bytes = text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_word, kind: string, data: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(data, 'base64').toString('latin1')
        : unquoted(data.replaceAll('_', ' ')),
    )
  return Buffer.from(bytes, 'latin1').toString()
}

/** Quoted-printable text as bytes, one a character. */
function unquoted(text: string): string {
  return text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_mark, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}

/** A part of a message by its type, decoded. */
export function partOf({ raw }: ReceivedMail, type: 'text/plain' | 'text/html'): string {
  const [, boundary = ''] = /boundary="?([^";\r\n]+)"?/.exec(raw) ?? []
  const part = raw.split(`--${boundary}`).find((one) => one.includes(`Content-Type: ${type}`)) ?? ''
  const [head = '', ...rest] = part.split('\r\n\r\n')
  const body = rest.join('\r\n\r\n')
  if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString()
  if (!/quoted-printable/i.test(head)) return body
  return Buffer.from(unquoted(body), 'latin1').toString()
}
