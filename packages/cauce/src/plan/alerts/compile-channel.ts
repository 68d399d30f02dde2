import { DURATION_FORM, parseDuration } from '../../model/duration.ts'
import type { Setting } from '../../model/plan.ts'
import type { Channel, MailOptions } from '../../pipeline/alert-channels.ts'
import { type SettingInput, toSetting } from '../../pipeline/setting.ts'
import { issue, type Issue } from '../issue.ts'
import type { ChannelPlan } from './alert-plan.ts'

interface CompiledChannel {
  readonly plan: ChannelPlan
  readonly issues: readonly Issue[]
}

/** People want to be told, not flooded: at most so often by message. */
const PACE_OF_PEOPLE = '5m'
const PACE_OF_MACHINES = '0s'

/** A channel in its plan form, and what is wrong with it. `where` is the alert that names it. */
export function compileChannel(channel: Channel, name: string, where: string): CompiledChannel {
  const place = `${where}.${name}`
  const pace = channel.pace ?? (channel.kind === 'webhook' ? PACE_OF_MACHINES : PACE_OF_PEOPLE)
  const paceMs = parseDuration(pace)
  const base = {
    name,
    language: channel.language ?? 'en',
    paceMs: paceMs ?? 0,
    insecure: channel.insecure ?? false,
  } as const
  const issues: Issue[] = []
  if (paceMs === undefined || paceMs > 24 * 3_600_000)
    issues.push(
      issue(
        `${place}.pace`,
        `"${pace}" is no time between messages; write it like ${DURATION_FORM}, at most 1d`,
        `"${pace}" no es un tiempo entre mensajes; escríbalo como ${DURATION_FORM}, como mucho 1d`,
      ),
    )
  switch (channel.kind) {
    case 'mail': {
      issues.push(...mailIssues(channel, place))
      const { tls = 'starttls' } = channel
      const port = channel.port ?? (tls === 'implicit' ? 465 : 587)
      return {
        plan: {
          kind: 'mail',
          ...base,
          host: toSetting(channel.host),
          port: toSetting(typeof port === 'number' ? String(port) : port),
          tls,
          ca: optionalSetting(channel.ca),
          user: optionalSetting(channel.user),
          password: channel.password,
          from: toSetting(channel.from),
          to: recipients(channel.to).map(toSetting),
        },
        issues,
      }
    }
    case 'webhook': {
      const { kind, url, secret } = channel
      issues.push(...secretIssues(url, `${place}.url`), ...secretIssues(secret, `${place}.secret`))
      return { plan: { kind, ...base, url, secret }, issues }
    }
    case 'slack':
    case 'teams': {
      const { kind, url } = channel
      issues.push(...secretIssues(url, `${place}.url`))
      return { plan: { kind, ...base, url }, issues }
    }
  }
}

function optionalSetting(input: SettingInput | undefined): Setting | undefined {
  return input === undefined ? undefined : toSetting(input)
}

function recipients(to: MailOptions['to']): readonly SettingInput[] {
  return typeof to === 'string' || 'kind' in to ? [to] : to
}

function mailIssues({ to, user, password }: MailOptions, where: string): readonly Issue[] {
  const issues: Issue[] = password === undefined ? [] : [...secretIssues(password, `${where}.password`)]
  if (recipients(to).length === 0)
    issues.push(
      issue(`${where}.to`, 'names nobody; write an address', 'no nombra a nadie; escriba una dirección'),
    )
  if ((user === undefined) !== (password === undefined))
    issues.push(
      issue(
        where,
        'user and password go together; give both or neither',
        'user y password van juntos; dé ambos o ninguno',
      ),
    )
  return issues
}

/** What must not be written down: from the environment, and without a value to fall back to. An empty one turns the channel off. */
function secretIssues(setting: Setting, where: string): readonly Issue[] {
  // Declarations can come from plain JavaScript, where no compiler has looked.
  const given: unknown = setting
  const isFromEnvironment = typeof given === 'object' && given !== null && setting.kind === 'env'
  if (isFromEnvironment && (setting.fallback ?? '') === '') return []
  return [
    issue(
      where,
      "is a secret and must not stand in a declaration; write secret('NAME') and set the variable",
      "es un secreto y no debe estar en una declaración; escriba secret('NOMBRE') y defina la variable",
    ),
  ]
}
