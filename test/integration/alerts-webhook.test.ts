import { createHmac, timingSafeEqual } from 'node:crypto'
import { expect, test } from 'vitest'
import { type Channel, slack, teams, webhook } from '../../packages/cauce/src/pipeline/alert-channels.ts'
import { secret } from '../../packages/cauce/src/pipeline/setting.ts'
import { freePort, LOOPBACK } from '../servers/free-port.ts'
import { type HttpScene, type ReceivedPost, startReceiver, status } from './alerts-http-receiver.ts'
import { alertTables, deliveryScene } from './alerts-scene.ts'

const KEY = 'clave-de-firma-3141'
const hook = webhook(secret('URL'), { secret: secret('KEY') })
const MINUTE_MS = 60_000

async function scene(http: HttpScene, channel: Channel = hook, timeoutMs?: number) {
  const environment = { URL: http.url, KEY }
  return deliveryScene(channel, { environment, ...(timeoutMs !== undefined && { timeoutMs }) })
}

/** What docs/alerts.md tells receivers to do. */
function isGenuine({ headers, body }: ReceivedPost, nowMs: number): boolean {
  const [, seconds = '', hex = ''] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['cauce-signature'])) ?? []
  const mac = createHmac('sha256', KEY).update(`${seconds}.${body}`).digest()
  return timingSafeEqual(mac, Buffer.from(hex, 'hex')) && Math.abs(nowMs / 1000 - Number(seconds)) < 300
}

test('a webhook gets everything as JSON, signed with a time, under an id', async () => {
  const http = await startReceiver()
  const { raise, end, deliverAfter, clock } = await scene(http)
  const alert = await raise({ key: 'a\n<b>.txt' })
  await deliverAfter(10_000)
  const [post] = http.received
  expect(post?.path).toBe('/services/T0/B0/geheim')
  expect(post?.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' })
  expect(post && isGenuine(post, clock.nowMs)).toBe(true)
  expect(post && isGenuine({ ...post, body: post.body.replace('visitas', 'visitaz') }, clock.nowMs)).toBe(
    false,
  )
  expect(post && isGenuine(post, clock.nowMs + 10 * MINUTE_MS)).toBe(false)
  const body = JSON.parse(post?.body ?? '') as Record<string, unknown>
  expect(body).toMatchObject({
    version: 1,
    id: post?.headers['cauce-delivery'],
    sentAt: '2026-11-22T12:00:10.000Z',
    subject: String.raw`[Cauce] visitas: a\n<b>.txt failed`,
    alerts: [
      {
        alert: alert.id,
        event: 'opened',
        rule: 'fallos',
        pipeline: 'visitas',
        openedAt: '2026-11-22T12:00:00.000Z',
        resolvedAt: null,
        details: { kind: 'item_failed', itemId: 7, key: 'a\n<b>.txt', errorCode: 'DESTINATION_UNREACHABLE' },
        commands: ['cauce items show 7', 'cauce retry visitas 7'],
      },
    ],
  })
  await end(alert)
  await deliverAfter(10_000)
  expect(JSON.parse(http.received[1]?.body ?? '')).toMatchObject({
    alerts: [{ alert: alert.id, event: 'resolved', title: String.raw`visitas: a\n<b>.txt was loaded` }],
  })
})

test('500 and then 200: sent again under the same id with a new signature, and written down', async () => {
  const http = await startReceiver()
  http.answers = [status(500), status(200)]
  const { raise, deliverAfter, deliveries, events, ledger, clock } = await scene(http)
  await raise()
  await deliverAfter(10_000)
  expect(events).toMatchObject([
    {
      kind: 'undelivered',
      channel: 'webhook',
      error: { code: 'ALERT_REFUSED' },
      dueMs: clock.nowMs + 30_000,
    },
  ])
  expect((await deliveries())[0]).toMatchObject({ attempts: 1, deliveredMs: null })
  await deliverAfter(30_000)
  expect((await deliveries())[0]).toMatchObject({ attempts: 2, error: null, deliveredMs: clock.nowMs })
  const [first, second] = http.received
  expect(http.received).toHaveLength(2)
  expect(second?.headers['cauce-delivery']).toBe(first?.headers['cauce-delivery'])
  expect(second?.headers['cauce-signature']).not.toBe(first?.headers['cauce-signature'])
  expect(second && isGenuine(second, clock.nowMs)).toBe(true)
  const told = (await alertTables(ledger)) + JSON.stringify(events)
  for (const hidden of ['geheim', KEY, 'words of the receiver']) expect(told).not.toContain(hidden)
})

test('a receiver that hangs is left after its time, and keeps no other channel waiting', async () => {
  const [hanging, quick] = [await startReceiver(), await startReceiver()]
  hanging.answers = [() => undefined]
  const slow = await scene(hanging, hook, 500)
  await slow.raise()
  const before = performance.now()
  await slow.deliverAfter(10_000)
  expect(performance.now() - before).toBeLessThan(8_000)
  expect(slow.events).toMatchObject([
    { kind: 'undelivered', error: { code: 'ALERT_UNREACHABLE', details: { detail: 'no answer in 0.5 s' } } },
  ])
  const both = await deliveryScene(hook, {
    environment: { URL: hanging.url, KEY, QUICK: quick.url },
    timeoutMs: 5_000,
    alert: { to: [hook, slack(secret('QUICK'), { pace: '0s' })] },
  })
  await both.raise()
  const going = both.deliverAfter(10_000)
  await expect.poll(() => quick.received.length, { timeout: 4_000 }).toBe(1)
  await going
})

test('a redirect is not followed', async () => {
  const [http, elsewhere] = [await startReceiver(), await startReceiver()]
  for (const code of [301, 302, 303, 307, 308]) {
    http.answers = [status(code, { location: elsewhere.url })]
    const { raise, deliverAfter, events } = await scene(http)
    await raise()
    await deliverAfter(10_000)
    expect(events).toMatchObject([
      {
        kind: 'undelivered',
        error: { code: 'ALERT_ACCESS', details: { detail: `HTTP ${code}, and redirects are not followed` } },
      },
    ])
  }
  expect(elsewhere.received).toEqual([])
})

test.each([400, 410, 413, 422])(
  'HTTP %i is given up at once: the same would be refused again',
  async (code) => {
    const http = await startReceiver()
    http.answers = [status(code)]
    const { raise, deliverAfter, events, deliveries } = await scene(http)
    await raise()
    await deliverAfter(10_000)
    expect(events).toMatchObject([{ kind: 'given-up', error: { code: 'ALERT_GIVEN_UP' } }])
    expect((await deliveries())[0]).toMatchObject({ givenUpMs: expect.any(Number), deliveredMs: null })
  },
)

test.each([
  ['120', 120_000],
  [new Date(Date.parse('2026-11-22T12:05:10Z')).toUTCString(), 300_000],
  ['999999', 3_600_000],
  ['soon', 30_000],
])('a receiver that asks to wait (%s) is waited for', async (value, waitMs) => {
  const http = await startReceiver()
  http.answers = [status(429, { 'retry-after': value })]
  const { raise, deliverAfter, events, clock } = await scene(http)
  await raise()
  await deliverAfter(10_000)
  expect(events).toMatchObject([{ kind: 'undelivered', dueMs: clock.nowMs + waitMs }])
})

test('nobody there is told by host alone', async () => {
  const port = await freePort()
  const { raise, deliverAfter, events, ledger } = await deliveryScene(hook, {
    environment: { URL: `http://${LOOPBACK}:${port}/geheim?token=abc123`, KEY },
  })
  await raise()
  await deliverAfter(10_000)
  expect(events).toMatchObject([
    { error: { code: 'ALERT_UNREACHABLE', details: { host: `${LOOPBACK}:${port}` } } },
  ])
  expect((await alertTables(ledger)) + JSON.stringify(events)).not.toMatch(/geheim|abc123/)
})

test('Slack gets plain text in blocks it reads no markup in', async () => {
  const http = await startReceiver()
  const { raise, deliverAfter } = await scene(http, slack(secret('URL'), { language: 'es' }))
  await raise({ key: '<!channel> *bold* `x` &.txt' })
  await deliverAfter(10_000)
  const body = JSON.parse(http.received[0]?.body ?? '') as {
    readonly text: string
    readonly blocks: readonly {
      readonly type: string
      readonly text?: { readonly type: string; readonly text: string }
    }[]
  }
  expect(body.text).toBe('[Cauce] visitas: &lt;!channel&gt; *bold* `x` &amp;.txt falló')
  expect(body).toMatchObject({ mrkdwn: false, unfurl_links: false })
  expect(body.blocks.map(({ type }) => type)).toEqual(['section', 'context'])
  expect(body.blocks[0]?.text).toMatchObject({ type: 'plain_text', emoji: false })
  expect(body.blocks[0]?.text?.text).toContain('✖ visitas: <!channel> *bold* `x` &.txt falló')
  expect(http.received[0]?.headers).not.toHaveProperty('cauce-signature')
})

test('Slack’s and Teams’ limits hold for hundreds of alerts with the longest names', async () => {
  for (const channel of [slack(secret('URL'), { pace: '0s' }), teams(secret('URL'), { pace: '0s' })]) {
    const http = await startReceiver()
    const { raise, deliverAfter } = await scene(http, channel)
    for (let index = 0; index < 200; index++)
      await raise(
        { itemId: index, key: '漢'.repeat(250), errorDetails: { url: 'x', detail: 'ñ\n'.repeat(2_000) } },
        `item ${index}`,
      )
    await deliverAfter(10_000)
    expect(http.received).toHaveLength(1)
    const text = http.received[0]?.body ?? ''
    expect(Buffer.byteLength(text)).toBeLessThan(channel.kind === 'teams' ? 28_000 : 200_000)
    const sections = text.match(/"text":"(?:[^"\\]|\\.)*"/g) ?? []
    expect(Math.max(...sections.map((one) => one.length))).toBeLessThan(3_100)
    expect((JSON.parse(text) as { readonly blocks?: readonly unknown[] }).blocks?.length ?? 0).toBeLessThan(
      50,
    )
  }
})

test('Teams gets one adaptive card whose names are text runs, in which no Markdown is read', async () => {
  const http = await startReceiver()
  const { raise, deliverAfter } = await scene(http, teams(secret('URL')))
  await raise({ key: '[click](https://evil.example).txt' })
  await deliverAfter(10_000)
  const text = http.received[0]?.body ?? ''
  expect(JSON.parse(text)).toMatchObject({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          type: 'AdaptiveCard',
          body: expect.arrayContaining([
            {
              type: 'RichTextBlock',
              separator: true,
              inlines: [
                {
                  type: 'TextRun',
                  text: 'visitas: [click](https://evil.example).txt failed',
                  weight: 'Bolder',
                  color: 'Attention',
                },
              ],
            },
          ]),
        },
      },
    ],
  })
  expect(text).not.toContain('"TextBlock"')
  expect(text).not.toContain('Action.')
})

test('rows are shown only where they were asked for, and not more than asked for', async () => {
  const http = await startReceiver()
  const rows = [
    { line: 2, raw: 'ana@example.com;\u001b[2J;x' },
    { line: 9, raw: 'y'.repeat(5_000) },
    { line: 12, raw: 'z' },
  ]
  const details = { kind: 'rejects_of_file', loadKey: 'k', read: 100, rejected: 7, overPercent: 5 } as const
  const environment = { URL: http.url, KEY }
  const silent = await deliveryScene(hook, { environment, rowsOf: async () => rows })
  await silent.raise(details)
  await silent.deliverAfter(10_000)
  const asked: unknown[] = []
  const open = await deliveryScene(hook, {
    environment,
    alert: { includeRows: 2 },
    rowsOf: async (request) => {
      asked.push(request)
      return rows
    },
  })
  await open.raise(details)
  await open.deliverAfter(10_000)
  expect(http.received[0]?.body).not.toContain('ana@example.com')
  const body = JSON.parse(http.received[1]?.body ?? '') as {
    readonly alerts: readonly { readonly rows: readonly string[] }[]
  }
  expect(asked).toEqual([{ itemId: 7, limit: 2 }])
  expect(body.alerts[0]?.rows).toEqual([
    String.raw`line 2: ana@example.com;\x1b[2J;x`,
    `line 9: ${'y'.repeat(299)}…`,
  ])
  expect(body.alerts[0]).toMatchObject({ title: 'visitas: 7.0 % of the rows of report_1.txt were rejected' })
})
