import { createServer } from 'node:net'
import type { SMTPServerOptions } from 'smtp-server'
import { expect, onTestFinished, test } from 'vitest'
import { mail, type MailOptions } from '../../packages/cauce/src/pipeline/alert-channels.ts'
import { secret } from '../../packages/cauce/src/pipeline/setting.ts'
import { freePort, LOOPBACK } from '../servers/free-port.ts'
import { alertTables, deliveryScene, type DeliveryScene } from './alerts-scene.ts'
import {
  decodedWords,
  headerOf,
  partOf,
  PASSWORD,
  type ReceivedMail,
  type SmtpScene,
  startSmtp,
  USER,
} from './alerts-smtp-server.ts'

const environment = { SMTP_PASSWORD: PASSWORD }
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

async function scene(
  { port, certificatePath }: SmtpScene,
  options: Partial<MailOptions> = {},
  more: { readonly environment?: Readonly<Record<string, string>>; readonly timeoutMs?: number } = {},
): Promise<DeliveryScene> {
  const channel = mail({
    host: LOOPBACK,
    port,
    ca: certificatePath,
    user: USER,
    password: secret('SMTP_PASSWORD'),
    from: 'Cauce <cauce@example.com>',
    to: ['ops@example.com', 'jefa@example.com'],
    language: 'es',
    ...options,
  })
  return deliveryScene(channel, { environment, ...more })
}

function only(received: readonly ReceivedMail[]): ReceivedMail {
  expect(received).toHaveLength(1)
  const [first] = received
  if (first === undefined) throw new Error('nothing came')
  return first
}

test('an alert comes by STARTTLS with login, in Spanish, as text and HTML, with what to do', async () => {
  const smtp = await startSmtp()
  const { raise, deliverAfter, deliveries, events } = await scene(smtp)
  await raise()
  await deliverAfter(9_999)
  expect(smtp.received).toEqual([])
  await deliverAfter(1)
  const got = only(smtp.received)
  expect(got).toMatchObject({
    from: 'cauce@example.com',
    to: ['ops@example.com', 'jefa@example.com'],
    isSecure: true,
    user: USER,
  })
  expect(decodedWords(headerOf(got, 'Subject') ?? '')).toBe('[Cauce] visitas: report_1.txt falló')
  expect(headerOf(got, 'Auto-Submitted')).toBe('auto-generated')
  expect(headerOf(got, 'Message-ID')).toMatch(/^<cauce\.[0-9a-f]{32}@example\.com>$/)
  const text = partOf(got, 'text/plain')
  for (const told of [
    'visitas: report_1.txt falló',
    'estado: FALLO_SISTEMA',
    'intentos: 3',
    'error: No se pudo llegar al destino mysql://db/visitas: connect ECONNREFUSED',
    'desde: 2026-11-22 06:00:00 (America/Mexico_City)',
    'cauce retry visitas 7',
    'Enviado por Cauce en nodo-1',
  ])
    expect(text).toContain(told)
  const html = partOf(got, 'text/html')
  expect(html).toContain('<html lang="es">')
  expect(html).toContain('FALLO_SISTEMA')
  expect(html).not.toMatch(/https?:|<img|<a |src=/)
  expect(await deliveries()).toMatchObject([{ attempts: 1, deliveredMs: expect.any(Number), error: null }])
  expect(events).toMatchObject([{ kind: 'delivered', channel: 'mail', messages: 1 }])
  await deliverAfter(HOUR_MS)
  expect(smtp.received).toHaveLength(1)
})

test('implicit TLS works as well', async () => {
  const smtp = await startSmtp({ secure: true })
  const { raise, deliverAfter } = await scene(smtp, { tls: 'implicit' })
  await raise()
  await deliverAfter(10_000)
  expect(only(smtp.received).isSecure).toBe(true)
})

test('many alerts are one message, what began first and what is over by now once', async () => {
  const smtp = await startSmtp()
  const { raise, end, deliverAfter, deliveries } = await scene(smtp)
  for (let index = 0; index < 30; index++)
    await raise({ itemId: index, key: `f${index}.txt` }, `item ${index}`)
  await end(await raise({ key: 'mended.txt' }, 'item 99'))
  await deliverAfter(10_000)
  const got = only(smtp.received)
  expect(decodedWords(headerOf(got, 'Subject') ?? '')).toBe('[Cauce] 31 avisos: visitas: f0.txt falló')
  const text = partOf(got, 'text/plain')
  expect(text).toContain('f19.txt falló')
  expect(text).not.toContain('f20.txt')
  expect(text).toContain('Y 11 más.')
  expect((await deliveries()).filter(({ deliveredMs }) => deliveredMs === null)).toEqual([])
})

test('its end is told too, and says so', async () => {
  const smtp = await startSmtp()
  const { raise, end, deliverAfter } = await scene(smtp, { language: 'en', pace: '0s' })
  const alert = await raise()
  await deliverAfter(10_000)
  await end(alert)
  await deliverAfter(10_000)
  const [, last] = smtp.received
  expect(last && headerOf(last, 'Subject')).toBe('[Cauce] Resolved: visitas: report_1.txt was loaded')
  expect(last && partOf(last, 'text/plain')).not.toContain('cauce retry')
})

test('a name full of line breaks, controls and markup breaks no header, no line and no HTML', async () => {
  const smtp = await startSmtp()
  const { raise, deliverAfter } = await scene(smtp)
  const key = 'a\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script>\u202e\u0007ñ"\'&.txt'
  await raise({ key, errorDetails: { url: 'x', detail: '<b>\nSubject: y' } })
  await deliverAfter(10_000)
  const got = only(smtp.received)
  expect(got.to).toEqual(['ops@example.com', 'jefa@example.com'])
  expect(headerOf(got, 'Bcc')).toBeUndefined()
  const subject = decodedWords(headerOf(got, 'Subject') ?? '')
  expect(subject).toContain(String.raw`a\r\nBcc: evil@example.com\r\n\r\n<script>`)
  expect(subject).not.toMatch(/\p{Cc}|\u202e/u)
  const text = partOf(got, 'text/plain')
  expect(text.split('\r\n').filter((line) => line.includes('Bcc:') && !line.includes('a\\r\\nBcc'))).toEqual(
    [],
  )
  expect(text.replaceAll('\r\n', '')).not.toMatch(/\p{Cc}|\u202e/u)
  const html = partOf(got, 'text/html')
  expect(html).not.toContain('<script>')
  expect(html).not.toContain('<b>')
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(html).toContain('&quot;&#39;&amp;.txt')
})

test('a wrong password is told without it, tried again later, and works once it is right', async () => {
  const smtp = await startSmtp()
  const wrong = 'contraseña-equivocada-77'
  const { raise, deliverAfter, deliveries, events, ledger } = await scene(
    smtp,
    {},
    { environment: { SMTP_PASSWORD: wrong } },
  )
  await raise()
  await deliverAfter(10_000)
  expect(events).toMatchObject([
    { kind: 'undelivered', channel: 'mail', error: { code: 'ALERT_ACCESS', class: 'access' } },
  ])
  const [row] = await deliveries()
  expect(row).toMatchObject({ attempts: 1, deliveredMs: null, givenUpMs: null })
  expect(row?.error).toContain('535')
  const tables = await alertTables(ledger)
  for (const spelled of [wrong, Buffer.from(wrong).toString('base64'), encodeURIComponent(wrong)])
    expect(tables).not.toContain(spelled)
  expect(JSON.stringify(events)).not.toContain(wrong)
  const right = await scene(smtp)
  await right.deliverAfter(MINUTE_MS, ledger)
  expect(smtp.received).toHaveLength(1)
})

test('a certificate nobody vouches for is refused before any password is sent', async () => {
  let logins = 0
  const onAuth: SMTPServerOptions['onAuth'] = (_auth, _session, done) => {
    logins++
    done(null, { user: USER })
  }
  const smtp = await startSmtp({ onAuth })
  const other = await startSmtp()
  const untrusted = mail({
    host: LOOPBACK,
    port: smtp.port,
    user: USER,
    password: secret('SMTP_PASSWORD'),
    from: 'cauce@example.com',
    to: 'ops@example.com',
  })
  for (const channel of [
    untrusted,
    { ...untrusted, ca: other.certificatePath },
    { ...untrusted, ca: './no.pem' },
  ]) {
    const { raise, deliverAfter, events } = await deliveryScene(channel, { environment })
    await raise()
    await deliverAfter(10_000)
    expect(events).toMatchObject([{ kind: 'undelivered', error: { code: 'ALERT_ACCESS', class: 'access' } }])
  }
  expect(logins).toBe(0)
  expect(smtp.received).toEqual([])
})

test('a certificate for another name is refused', async () => {
  const host = '127.0.0.2'
  const smtp = await startSmtp({}, host)
  const { raise, deliverAfter, events } = await scene(smtp, { host })
  await raise()
  await deliverAfter(10_000)
  expect(events).toMatchObject([{ kind: 'undelivered', error: { code: 'ALERT_ACCESS' } }])
  expect(smtp.received).toEqual([])
})

test('a server without STARTTLS gets neither password nor message', async () => {
  const smtp = await startSmtp({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
  const { raise, deliverAfter, events } = await scene(smtp)
  await raise()
  await deliverAfter(10_000)
  expect(smtp.received).toEqual([])
  expect(events).toMatchObject([{ kind: 'undelivered' }])
})

test('a server that is busy (451) is tried again after longer and longer waits, until it takes the message', async () => {
  const smtp = await startSmtp()
  smtp.behaviour.message = { code: 451, words: '4.3.0 come back later' }
  const { raise, deliverAfter, deliveries, events, clock } = await scene(smtp)
  await raise()
  await deliverAfter(10_000)
  expect(events.at(-1)).toMatchObject({ kind: 'undelivered', dueMs: clock.nowMs + 30_000 })
  await deliverAfter(29_999)
  expect((await deliveries())[0]).toMatchObject({ attempts: 1 })
  await deliverAfter(1)
  expect(events.at(-1)).toMatchObject({ kind: 'undelivered', dueMs: clock.nowMs + MINUTE_MS })
  expect((await deliveries())[0]).toMatchObject({ attempts: 2, error: expect.stringContaining('451') })
  smtp.behaviour.message = undefined
  await deliverAfter(MINUTE_MS)
  expect(smtp.received).toHaveLength(1)
  expect((await deliveries())[0]).toMatchObject({ attempts: 3, error: null, givenUpMs: null })
})

test('a message refused for good (550) is given up at once, loudly', async () => {
  const smtp = await startSmtp()
  smtp.behaviour.message = { code: 550, words: '5.7.1 not wanted here' }
  const { raise, deliverAfter, deliveries, events } = await scene(smtp)
  await raise()
  await deliverAfter(10_000)
  expect(events).toMatchObject([{ kind: 'given-up', channel: 'mail', error: { code: 'ALERT_GIVEN_UP' } }])
  expect((await deliveries())[0]).toMatchObject({
    attempts: 1,
    deliveredMs: null,
    givenUpMs: expect.any(Number),
    error: expect.stringContaining('not wanted here'),
  })
  smtp.behaviour.message = undefined
  await deliverAfter(HOUR_MS)
  expect(smtp.received).toEqual([])
})

test('one mailbox of two that is refused keeps the message from nobody else, and is written down', async () => {
  const smtp = await startSmtp()
  smtp.behaviour.refused = ['ops@example.com']
  const { raise, deliverAfter, deliveries } = await scene(smtp)
  await raise()
  await deliverAfter(10_000)
  expect(only(smtp.received).to).toEqual(['jefa@example.com'])
  expect((await deliveries())[0]).toMatchObject({ error: 'refused: ops@example.com', givenUpMs: null })
  smtp.behaviour.refused = ['ops@example.com', 'jefa@example.com']
  await raise({}, 'item 8')
  await deliverAfter(HOUR_MS)
  expect((await deliveries())[1]).toMatchObject({ deliveredMs: null, givenUpMs: expect.any(Number) })
})

test('after a day of tries a message is given up', async () => {
  const smtp = await startSmtp()
  smtp.behaviour.message = { code: 451, words: '4.3.0 come back later' }
  const { raise, deliverAfter, deliveries, events } = await scene(smtp)
  await raise()
  let tries = 0
  for (let hour = 0; hour < 26 && events.at(-1)?.kind !== 'given-up'; hour++) {
    await deliverAfter(HOUR_MS)
    tries++
  }
  expect(tries).toBe(24)
  expect((await deliveries())[0]).toMatchObject({ givenUpMs: expect.any(Number) })
})

test('a server that says nothing is left after its time', async () => {
  const silent = createServer(() => undefined)
  const port = await freePort()
  await new Promise<void>((resolve) => {
    silent.listen(port, LOOPBACK, resolve)
  })
  onTestFinished(() => void silent.close())
  const smtp = await startSmtp()
  const { raise, deliverAfter, events } = await scene({ ...smtp, port }, {}, { timeoutMs: 400, environment })
  await raise()
  const before = performance.now()
  await deliverAfter(10_000)
  expect(performance.now() - before).toBeLessThan(10_000)
  expect(events).toMatchObject([{ kind: 'undelivered', error: { code: 'ALERT_UNREACHABLE' } }])
})
