import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Delivery } from '../ledger/alert-deliveries.ts'
import type { AlertDetails, StoredDetails } from './alert-details.ts'
import { channel, NOON_MS, plansOf } from './alert-scene.test-kit.ts'
import { alert, onFailure } from '../pipeline/alerts.ts'
import { type AlertMessage, composeMessage } from './compose-message.ts'
import { mailBody } from './mail-body.ts'
import { slackBody } from './slack-body.ts'
import { teamsBody } from './teams-body.ts'
import { webhookBody } from './webhook-body.ts'

const plan = plansOf([alert(onFailure(), { to: channel })], { states: { failed_system: 'FALLO_SISTEMA' } })
const item = { itemId: 7, key: 'a.csv', attempts: 2, errorCode: null, errorDetails: {} } as const
const zone = 'America/Mexico_City'

/** One of each kind, and items in each state they can fail in. */
const EVERY_KIND: readonly AlertDetails[] = [
  { kind: 'item_failed', ...item, state: 'failed_system' },
  { kind: 'item_failed', ...item, state: 'failed_layout' },
  { kind: 'item_failed', ...item, state: 'refused' },
  { kind: 'quarantined', ...item, state: 'failed_system' },
  { kind: 'run_failed', runId: '01ABC', atMs: NOON_MS, reason: 'why', errorCode: null, errorDetails: {} },
  { kind: 'rejects_of_file', itemId: 7, key: 'a.csv', loadKey: 'k', read: 200, rejected: 13, overPercent: 5 },
  {
    kind: 'rejects_of_day',
    day: '2026-11-22',
    timezone: zone,
    files: 3,
    read: 200,
    rejected: 13,
    overPercent: 5,
  },
  { kind: 'late_start', day: '2026-11-22', at: '02:15', timezone: zone, runId: null, runningSinceMs: null },
  {
    kind: 'not_finished',
    day: '2026-11-22',
    at: '06:00',
    timezone: zone,
    runId: '01ABC',
    runningSinceMs: NOON_MS,
  },
  { kind: 'no_files', runId: null, sinceMs: NOON_MS - 1000, untilMs: NOON_MS, timezone: zone },
  { kind: 'disk_short', host: 'h', path: '/home', freeBytes: 1e9, leastBytes: 2e9 },
]

function deliveryOf(details: StoredDetails, kind: 'opened' | 'resolved', id = 1): Delivery {
  const alertRow = {
    id,
    rule: 'fallos',
    subject: `s ${id}`,
    pipeline: details.kind === 'disk_short' ? null : 'visits',
    details: JSON.stringify(details),
    openedMs: NOON_MS,
    seenMs: NOON_MS,
    resolvedMs: kind === 'resolved' ? NOON_MS + 1000 : null,
  }
  const sent = { deliveredMs: null, givenUpMs: null, error: null }
  return { id, alertId: id, kind, channel: 'mail', attempts: 1, dueMs: 0, ...sent, alert: alertRow }
}

const compose = async (
  deliveries: readonly Delivery[],
  language: 'en' | 'es' = 'en',
): Promise<AlertMessage> => composeMessage(deliveries, { plan, language, host: 'nodo-1', rowsOf: undefined })

test.each(EVERY_KIND)(
  '$kind says what, and what to do, in both languages, on one line each',
  async (details) => {
    for (const kind of ['opened', 'resolved'] as const) {
      const end = { how: 'over', state: 'ready' } as const
      const delivery = deliveryOf(kind === 'resolved' ? { ...details, end } : details, kind)
      const [en, es] = [await compose([delivery]), await compose([delivery], 'es')]
      expect(en.subject).not.toBe(es.subject)
      for (const { subject, shown } of [en, es]) {
        const [entry] = shown
        const texts = [
          subject,
          entry?.title,
          ...(entry?.facts.flatMap(({ label, value }) => [label, value]) ?? []),
          entry?.advice,
          ...(entry?.commands ?? []),
        ].filter((text) => text !== undefined)
        expect(texts.filter((text) => text === '' || /[{}\n]|undefined|NaN/.test(text))).toEqual([])
        expect(entry?.advice === undefined).toBe(kind === 'resolved')
      }
    }
  },
)

test('an alert of a newer Cauce is told as one, and breaks nothing', async () => {
  const message = await compose([deliveryOf({ kind: 'of_tomorrow' } as unknown as AlertDetails, 'opened')])
  expect(message.subject).toBe('[Cauce] visits: an alert of a newer Cauce')
  expect(webhookBody(message, NOON_MS)).toMatchObject({ alerts: [{ details: null }] })
})

test('the id of a message is that of its deliveries: sent again it is the same, another one is another', async () => {
  const [one, two] = [
    deliveryOf(EVERY_KIND[0] as AlertDetails, 'opened', 1),
    deliveryOf(EVERY_KIND[0] as AlertDetails, 'opened', 2),
  ]
  const again = { ...one, attempts: 5, dueMs: 9 }
  expect((await compose([one])).id).toBe((await compose([again], 'es')).id)
  expect((await compose([one])).id).not.toBe((await compose([two])).id)
  expect((await compose([one, two])).id).not.toBe((await compose([one])).id)
})

test('what began and is over by now is said once to people, and twice to machines', async () => {
  const details = EVERY_KIND[0] as AlertDetails
  const message = await compose([
    deliveryOf({ ...details, end: { how: 'over', state: 'ready' } }, 'opened', 1),
    deliveryOf({ ...details, end: { how: 'over', state: 'ready' } }, 'resolved', 1),
    deliveryOf(details, 'opened', 2),
  ])
  expect(message.shown.map(({ kind, alertId }) => [kind, alertId])).toEqual([
    ['opened', 2],
    ['resolved', 1],
  ])
  expect(message.entries).toHaveLength(3)
  expect(message.subject).toBe('[Cauce] 2 alerts: visits: a.csv failed')
})

/** Every text in a body, however deep. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

test('names and errors may hold anything: nothing of it is obeyed in any form', async () => {
  const character = fc.oneof(
    fc.constantFrom(
      '\r',
      '\n',
      '\0',
      '\u2028',
      '\u202e',
      '<',
      '>',
      '&',
      '"',
      "'",
      '`',
      '*',
      '[',
      ']',
      '{',
      '}',
      '|',
      '\u001b',
      '\ud800',
    ),
    fc.constantFrom(
      '<script>',
      '<!channel>',
      '{file}',
      '\r\nBcc: x@y',
      '{{DATE(2017-02-14T06:08:39Z,SHORT)}}',
    ),
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  )
  const text = fc.string({ unit: character, maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(text, text, fc.constantFrom('en', 'es'), async (key, detail, language) => {
      const details: AlertDetails = {
        ...item,
        kind: 'item_failed',
        state: 'failed_system',
        key,
        errorCode: 'FILE_UNREADABLE',
        errorDetails: { file: key, detail },
      }
      const message = await compose([deliveryOf(details, 'opened')], language)
      const { html, text: plain } = mailBody(message)
      const slack = slackBody(message) as { readonly text: string }
      const obeyed = /[\p{Cc}\u2028-\u202e\p{Surrogate}]/u
      expect(message.subject).not.toMatch(obeyed)
      expect(plain.replaceAll('\n', '')).not.toMatch(obeyed)
      expect(plain.split('\n').filter((line) => line.startsWith('Bcc'))).toEqual([])
      expect(html.match(/<(?!\/?(html|head|meta|title|body|h3|table|tr|td|pre|p)\b|!doctype)/g)).toBeNull()
      expect(slack.text).not.toMatch(/[<>]/)
      const cards = textsIn(teamsBody(message))
      expect(cards.filter((one) => one.includes('{{'))).toEqual([])
      const shown = [...cards, ...textsIn(slack)].map((one) => one.replaceAll('\n', ''))
      expect(shown.filter((one) => obeyed.test(one))).toEqual([])
    }),
    { numRuns: 200 },
  )
})
