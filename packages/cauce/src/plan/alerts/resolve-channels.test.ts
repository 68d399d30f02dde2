import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CauceError } from '../../model/cauce-error.ts'
import { type Channel, mail, slack, teams, webhook } from '../../pipeline/alert-channels.ts'
import { env, secret } from '../../pipeline/setting.ts'
import type { Surroundings } from '../resolve-settings.ts'
import { compileChannel } from './compile-channel.ts'
import { channelSecrets, resolveChannels } from './resolve-channels.ts'

const around = (environment: Readonly<Record<string, string>>): Surroundings => ({
  environment,
  dotenv: {},
  projectFolder: '/project',
  currentFolder: '/current',
})
const resolve = (channel: Channel, environment: Readonly<Record<string, string>> = {}) =>
  resolveChannels(
    [compileChannel(channel, channel.name ?? channel.kind, 'alerts[0].to').plan],
    around(environment),
  )

/** What a refusal says, in English, then in Spanish. */
function refusal(channel: Channel, environment: Readonly<Record<string, string>> = {}): string {
  try {
    resolve(channel, environment)
  } catch (error) {
    if (!(error instanceof CauceError) || error.code !== 'CONFIG_INVALID') throw error
    const [en, es] = [error.textIn('en'), error.textIn('es')]
    if (en === es) throw new Error(`not in Spanish: ${en}`, { cause: error })
    return `${en}\n${es}`
  }
  throw new Error('not refused')
}

test('a mail channel takes its values from the environment', () => {
  const channel = mail({
    host: env('SMTP_HOST'),
    ca: './ca.pem',
    user: env('SMTP_USER'),
    password: secret('SMTP_PASSWORD'),
    from: 'Cauce <cauce@example.com>',
    to: [env('OPS'), 'jefa@example.com'],
  })
  const environment = {
    SMTP_HOST: 'smtp.example.com',
    SMTP_USER: 'u',
    SMTP_PASSWORD: 'p',
    OPS: 'a@b.mx, c@d.mx',
  }
  const { channels, off } = resolve(channel, environment)
  expect(off).toEqual([])
  expect(channels).toEqual([
    {
      kind: 'mail',
      name: 'mail',
      language: 'en',
      paceMs: 300_000,
      host: 'smtp.example.com:587',
      server: 'smtp.example.com',
      port: 587,
      tls: 'starttls',
      caPath: '/project/ca.pem',
      login: { user: 'u', password: 'p' },
      from: 'Cauce <cauce@example.com>',
      to: ['a@b.mx', 'c@d.mx', 'jefa@example.com'],
    },
  ])
})

test('an address is shown by its host alone, and all of it is secret', () => {
  const url = 'https://hooks.slack.com/services/T0/B0/abc?k=v'
  const [channel] = resolve(slack(secret('URL')), { URL: url }).channels
  expect(channel).toMatchObject({ host: 'hooks.slack.com', url })
  expect(channel && channelSecrets(channel)).toEqual([
    url,
    '/services/T0/B0/abc?k=v',
    '/services/T0/B0/abc',
    'k=v',
  ])
})

test('a variable that is empty by declaration turns its channel off; one that is missing is told', () => {
  expect(resolve(slack(env('URL', '')))).toEqual({ channels: [], off: ['slack'] })
  expect(refusal(slack(secret('URL')))).toContain('set URL, it has no value')
})

test.each([
  ['no https', 'http://hooks.example.com/secretpath', 'it is not https'],
  ['no address', 'hooks/secretpath', 'it is no address'],
  ['another scheme', 'ftp://hooks.example.com/secretpath', 'neither https nor http'],
  ['a password before the host', 'https://user:secretpath@hooks.example.com/', 'user or password'],
  ['an inner address in disguise', 'http://2130706434.example/secretpath', 'it is not https'],
])('%s is refused without being shown', (_what, url, told) => {
  const message = refusal(teams(secret('URL')), { URL: url })
  expect(message).toContain(told)
  expect(message).toContain('teams.url')
  expect(message).not.toContain('secretpath')
})

test.each([
  'http://localhost:8080/x',
  'http://127.0.0.1/x',
  'http://127.8.9.1:1/x',
  'http://[::1]:9/x',
  'http://2130706433/x',
])('plain http stays on this machine: %s', (url) => {
  expect(resolve(slack(secret('URL')), { URL: url }).channels).toHaveLength(1)
})

test('plain http to others, and mail without TLS, must be declared insecure', () => {
  const URL = 'http://hooks.example.com/x'
  expect(resolve(slack(secret('URL'), { insecure: true }), { URL }).channels).toHaveLength(1)
  const bare = { host: 'smtp.example.com', tls: 'none', from: 'a@b', to: 'c@d' } as const
  expect(refusal(mail(bare))).toContain('without TLS mail goes to this machine only')
  expect(resolve(mail({ ...bare, insecure: true })).channels).toHaveLength(1)
  expect(resolve(mail({ ...bare, host: '127.0.0.1' })).channels).toHaveLength(1)
})

test('a webhook needs its key', () => {
  const channel = webhook(secret('URL'), { secret: secret('KEY') })
  expect(refusal(channel, { URL: 'https://example.com/' })).toContain('set KEY')
})

test.each(['a@b', 'Cauce <cauce@example.com>', 'peña@correo.mx', 'Área de Datos <a.b+c@d-e.example>'])(
  '%s is an e-mail address',
  (address) => {
    expect(resolve(mail({ host: 'h', from: address, to: 'c@d' })).channels).toHaveLength(1)
  },
)

test.each([
  'nobody',
  'a@b\r\nBcc: x@y',
  'a@b\nSubject: x',
  'a@b>',
  'Cauce <a@b',
  'a@b c@d',
  '<a@b> x',
  'x\u0000@b',
  'Na\u2028me <a@b>',
])('%j is none', (address) => {
  expect(refusal(mail({ host: 'h', from: address, to: 'c@d' }))).toContain('it is no e-mail address')
})

test('whatever text passes for an address fits on one header line', () => {
  // Every character there is, and oftener those that matter.
  const character = fc.oneof(
    fc.constantFrom('\r', '\n', '\0', '\u2028', '<', '>', ' ', '@', ',', ':', '"', 'a'),
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  )
  const part = fc.string({ unit: character, maxLength: 12 })
  const isHarmless = (from: string): boolean => {
    try {
      const [channel] = resolve(mail({ host: 'h', from, to: 'c@d' })).channels
      return channel?.kind === 'mail' && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(channel.from)
    } catch (error) {
      return error instanceof CauceError
    }
  }
  fc.assert(
    fc.property(part, part, (one, other) => {
      const texts = [`${one}@${other}`, `${one} <a@${other}>`, `a@b${one}${other}`]
      expect(texts.filter((text) => !isHarmless(text))).toEqual([])
    }),
  )
})

test.each(['smtp.example.com/x', 'a b', 'h\r\nx', 'user@host'])('%j is no server', (host) => {
  expect(refusal(mail({ host, from: 'a@b', to: 'c@d' }))).toContain('it is no name of a server')
})

test('a port is a number', () => {
  expect(refusal(mail({ host: 'h', port: 'smtp', from: 'a@b', to: 'c@d' }))).toContain('it is no port')
  expect(resolve(mail({ host: 'h', tls: 'implicit', from: 'a@b', to: 'c@d' })).channels).toMatchObject([
    { port: 465 },
  ])
})
