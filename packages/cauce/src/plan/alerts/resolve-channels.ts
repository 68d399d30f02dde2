import { resolve } from 'node:path'
import { CauceError } from '../../model/cauce-error.ts'
import type { Language, Text } from '../../model/language.ts'
import type { Setting } from '../../model/plan.ts'
import { resolveSetting, type Surroundings, variablesOf } from '../resolve-settings.ts'
import type { ChannelPlan, ChatPlan, MailPlan, WebhookPlan } from './alert-plan.ts'
import { addressFault, isLoopback } from './outgoing-address.ts'

interface SettingsBase {
  readonly name: string
  readonly language: Language
  readonly paceMs: number
  /** Host, with the port where it is not the usual one: all that may be shown of an address. */
  readonly host: string
}

export interface MailSettings extends SettingsBase {
  readonly kind: 'mail'
  readonly server: string
  readonly port: number
  readonly tls: MailPlan['tls']
  readonly caPath: string | undefined
  readonly login: { readonly user: string; readonly password: string } | undefined
  readonly from: string
  readonly to: readonly string[]
}

export interface WebhookSettings extends SettingsBase {
  readonly kind: 'webhook'
  readonly url: string
  readonly secret: string
}

export interface ChatSettings extends SettingsBase {
  readonly kind: 'slack' | 'teams'
  readonly url: string
}

/** A channel with everything it takes from its surroundings. Holds secrets: never stored, never logged. */
export type ChannelSettings = MailSettings | WebhookSettings | ChatSettings

/** Channels that may be used, and the names of those an empty variable turned off. */
export interface ResolvedChannels {
  readonly channels: readonly ChannelSettings[]
  readonly off: readonly string[]
}

/**
 * Gives channels their values. A channel whose address is there and empty (`env('SLACK_URL', '')`) is off.
 * @throws {CauceError} CONFIG_INVALID naming the channel, and the variable or what is wrong with its value; never the value
 */
export function resolveChannels(plans: readonly ChannelPlan[], around: Surroundings): ResolvedChannels {
  const channels: ChannelSettings[] = []
  const off: string[] = []
  for (const plan of plans) {
    const settings = plan.kind === 'mail' ? resolveMail(plan, around) : resolveAddressed(plan, around)
    if (settings === undefined) off.push(plan.name)
    else channels.push(settings)
  }
  return { channels, off }
}

/** Everything of a channel that must not be seen, also in the words of servers. */
export function channelSecrets(channel: ChannelSettings): readonly string[] {
  switch (channel.kind) {
    case 'mail':
      return channel.login === undefined ? [] : [channel.login.password]
    case 'webhook':
      return [channel.secret, ...addressSecrets(channel.url)]
    case 'slack':
    case 'teams':
      return addressSecrets(channel.url)
  }
}

/** The whole address, and what in it comes after the host. */
function addressSecrets(url: string): readonly string[] {
  const { pathname, search } = new URL(url)
  return [url, `${pathname}${search}`, pathname, search.slice(1)].filter((text) => text.length > 1)
}

function resolveMail(plan: MailPlan, around: Surroundings): MailSettings | undefined {
  const { name, language, paceMs, tls, insecure } = plan
  const value = (setting: Setting, field: string): string => required(setting, `${name}.${field}`, around)
  const server = optional(plan.host, `${name}.host`, around)
  if (server === '') return undefined
  if (!/^[a-z0-9._:-]+$/i.test(server))
    throw wrong(`${name}.host`, {
      en: 'it is no name of a server; write it like smtp.example.com',
      es: 'no es el nombre de un servidor; escríbalo como smtp.example.com',
    })
  const port = Number(value(plan.port, 'port'))
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw wrong(`${name}.port`, {
      en: 'it is no port; write a number from 1 to 65535',
      es: 'no es un puerto; escriba un número de 1 a 65535',
    })
  if (tls === 'none' && !insecure && !isLoopback(server))
    throw wrong(`${name}.tls`, {
      en: 'without TLS mail goes to this machine only; use starttls or implicit, or declare the channel `insecure`',
      es: 'sin TLS el correo solo va a esta máquina; use starttls o implicit, o declare el canal `insecure`',
    })
  return {
    kind: 'mail',
    name,
    language,
    paceMs,
    host: `${server}:${port}`,
    server,
    port,
    tls,
    caPath: plan.ca && path(plan.ca, `${name}.ca`, around),
    login:
      plan.user === undefined || plan.password === undefined
        ? undefined
        : { user: value(plan.user, 'user'), password: value(plan.password, 'password') },
    from: oneAddress(value(plan.from, 'from').trim(), `${name}.from`),
    to: plan.to.flatMap((setting) => addresses(value(setting, 'to'), `${name}.to`)),
  }
}

function resolveAddressed(
  plan: WebhookPlan | ChatPlan,
  around: Surroundings,
): WebhookSettings | ChatSettings | undefined {
  const { name, language, paceMs, insecure } = plan
  const url = optional(plan.url, `${name}.url`, around)
  if (url === '') return undefined
  const fault = addressFault(url, insecure)
  if (fault !== undefined) throw wrong(`${name}.url`, fault)
  const base = { name, language, paceMs, url, host: new URL(url).host }
  if (plan.kind !== 'webhook') return { kind: plan.kind, ...base }
  return { kind: 'webhook', ...base, secret: required(plan.secret, `${name}.secret`, around) }
}

/** Empty where it is declared or set so. */
function optional(setting: Setting, where: string, around: Surroundings): string {
  const found = resolveSetting(setting, around)
  if (found === undefined && setting.kind === 'env' && setting.fallback === undefined)
    throw wrong(where, {
      en: `set ${setting.name}, it has no value; to have the channel off, write env('${setting.name}', '')`,
      es: `defina ${setting.name}, no tiene valor; para dejar el canal apagado, escriba env('${setting.name}', '')`,
    })
  return found?.value.trim() ?? ''
}

function required(setting: Setting, where: string, around: Surroundings): string {
  const found = resolveSetting(setting, around)?.value
  if (found !== undefined && found !== '') return found
  const variables = variablesOf(setting).join(', ')
  throw wrong(
    where,
    variables === ''
      ? { en: 'it has no value', es: 'no tiene valor' }
      : { en: `set ${variables}, it has no value`, es: `defina ${variables}, no tiene valor` },
  )
}

function path(setting: Setting, where: string, around: Surroundings): string {
  const found = resolveSetting(setting, around)
  return resolve(found?.base ?? around.projectFolder, required(setting, where, around))
}

function addresses(text: string, where: string): readonly string[] {
  return text.split(',').map((one) => oneAddress(one.trim(), where))
}

/** One address, with or without a name before it. Stricter than the standard: what is left out has never been in a real one. */
const ADDRESS =
  /^(?:[^<>@,;:"\p{Cc}\p{Cf}\p{Zl}\p{Zp}]* <)?[^\s<>@,;:"()[\]\\\p{Cc}\p{Cf}]+@[\p{L}\p{N}.-]+>?$/u

function oneAddress(text: string, where: string): string {
  const isClosed = text.includes('<') === text.endsWith('>')
  if (ADDRESS.test(text) && isClosed) return text
  throw wrong(where, {
    en: 'it is no e-mail address; write name@example.com or Name <name@example.com>',
    es: 'no es una dirección de correo; escriba nombre@example.com o Nombre <nombre@example.com>',
  })
}

function wrong(where: string, { en, es }: Text): CauceError {
  return new CauceError('CONFIG_INVALID', { where: `alerts: ${where}`, detail: en, detalle: es })
}
