import type { Chance, Weighted } from './chance.ts'

/** Names of the fifteen columns; files call the second one as they like. */
export const COLUMN_NAMES = [
  'email',
  'jyv',
  'Badmail',
  'Baja',
  'Fecha envio',
  'Fecha open',
  'Opens',
  'Opens virales',
  'Fecha click',
  'Clicks',
  'Clicks virales',
  'Links',
  'IPs',
  'Navegadores',
  'Plataformas',
] as const

type Device = readonly [browser: string, system: string]

/** What a browser and its system are called in the files; an unknown browser has no name. */
const DEVICES: readonly [Weighted<Device>, ...Weighted<Device>[]] = [
  [['', 'unknown'], 36],
  [['Chrome Generic', 'Win7'], 15],
  [['Chrome Generic', 'WinXP'], 5],
  [['IE 9.0', 'Win7'], 13],
  [['Android Browser 4.0', 'Android'], 10],
  [['IE 8.0', 'WinXP'], 7],
  [['IE 10.0', 'Win8'], 3],
  [['IE 7.0', 'WinVista'], 2],
  [['IE 6.0', 'WinXP'], 2],
  [['Mobile Safari 5.1', 'iOS'], 3],
  [['Mobile Safari 5.0', 'iOS'], 2],
  [['Safari Generic', 'MacOSX'], 3],
  [['Firefox 3.6', 'MacOSX'], 2],
  [['Opera 12.00', 'Linux'], 1],
  [['Nokia', 'unknown'], 2],
]

/** Networks set aside for documentation (RFC 5737). */
const NETWORKS = ['192.0.2', '198.51.100', '203.0.113'] as const

const MINUTES_PER_DAY = 24 * 60
/** The mailer stamps opens in another time zone: they can lie this long before the mail was sent. */
const MOST_MINUTES_EARLY = 410

/** The fields of one mail's row, in the order of the file, as text. `sentMinutes`: minutes since 1970 UTC. */
export function visitRow(email: string, sentMinutes: number, chance: Chance): string[] {
  const sent = dateText(sentMinutes)
  if (chance.hits(0.11)) return [email, '', 'HARD', '', ...unopened(sent)]
  const unsubscribed = chance.hits(0.013) ? 'SI' : ''
  const opened = chance.hits(unsubscribed === '' ? 0.25 : 0.6)
  return [email, '', '', unsubscribed, ...(opened ? visited(sent, sentMinutes, chance) : unopened(sent))]
}

function unopened(sent: string): readonly string[] {
  return [sent, '-', '0', '0', '-', '0', '0', '-', '-', '-', '-']
}

function visited(sent: string, sentMinutes: number, chance: Chance): readonly string[] {
  const openedMinutes = sentMinutes + openDelay(chance)
  const opens = chance.weighted([
    [1, 86],
    [2, 8],
    [3, 4],
    [4, 1],
    [7, 1],
  ])
  const virals = opens > 1 && chance.hits(0.4) ? chance.between(1, Math.min(opens - 1, 2)) : 0
  const clicks = chance.hits(0.15) ? (chance.hits(0.25) ? 2 : 1) : 0
  const clicked = clicks === 0 ? '-' : dateText(openedMinutes + clickDelay(chance))
  const links = Array.from({ length: clicks }, () => (chance.hits(0.75) ? '3' : '0'))
  // One machine for each time the mail was passed on, and mostly the same kind of machine.
  const devices = Array.from({ length: virals + 1 }, () => chance.weighted(DEVICES))
  const kinds = chance.hits(0.5) ? new Set(devices.slice(0, 1)) : new Set(devices)
  return [
    sent,
    dateText(openedMinutes),
    String(opens),
    String(virals),
    clicked,
    String(clicks),
    '0',
    clicks === 0 ? '-' : links.toSorted().join(','),
    devices.map(() => `${chance.pick(NETWORKS)}.${chance.between(1, 254)}`).join(','),
    [...kinds].map(([browser]) => browser).join(','),
    [...kinds].map(([, system]) => system).join(','),
  ]
}

/** Minutes from sending to opening: half of them below zero, a few many days. */
function openDelay(chance: Chance): number {
  if (chance.hits(0.57)) return chance.between(-MOST_MINUTES_EARLY, -1)
  const longest = chance.weighted([
    [MINUTES_PER_DAY, 6],
    [4 * MINUTES_PER_DAY, 3],
    [12 * MINUTES_PER_DAY, 1],
  ])
  return chance.between(0, longest)
}

function clickDelay(chance: Chance): number {
  return chance.hits(0.95) ? chance.below(3) : chance.between(3, MOST_MINUTES_EARLY)
}

/** `dd/MM/yyyy HH:mm` of a moment in minutes since 1970 UTC. */
function dateText(minutes: number): string {
  const iso = new Date(minutes * 60_000).toISOString()
  return `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(0, 4)} ${iso.slice(11, 16)}`
}

/** The fields as a line of the file, without its end. */
export function lineOf(fields: readonly string[]): string {
  return fields.map((field) => (field.includes(',') ? `"${field}"` : field)).join(',')
}
