import type { Setting } from '../model/plan.ts'
import { resolveSetting, type Surroundings } from '../plan/resolve-settings.ts'

export interface SecretsRequest {
  /** Plans, alerts, whatever was declared: every setting in it is looked at, however deep it lies. */
  readonly declared: readonly unknown[]
  /** Addresses that come from elsewhere, such as the ledger's. */
  readonly locations: readonly string[]
  readonly surroundings: Surroundings
}

/**
 * The values that must never be seen: every `secret()` as a whole with its lines, and the passwords and tokens in addresses,
 * whether they were declared or come from the environment; each as it is written and as it is meant (percent-decoded).
 */
export function secretsOf({ declared, locations, surroundings }: SecretsRequest): readonly string[] {
  const found = settingsIn(declared).flatMap((setting) => {
    const value = resolveSetting(setting, surroundings)?.value ?? ''
    return setting.kind === 'env' && setting.secret ? wholeSecret(value) : secretsIn(value)
  })
  return [...new Set([...found, ...locations.flatMap(secretsIn)])].filter((secret) => secret !== '')
}

function settingsIn(declared: unknown): readonly Setting[] {
  if (typeof declared !== 'object' || declared === null) return []
  // Of an address, and of several settings, the parts are looked at too.
  return [...(isSetting(declared) ? [declared] : []), ...Object.values(declared).flatMap(settingsIn)]
}

function isSetting(declared: object): declared is Setting {
  const { kind, name, value, of, parts } = declared as Partial<Record<string, unknown>>
  return (
    (kind === 'env' && typeof name === 'string') ||
    (kind === 'value' && typeof value === 'string') ||
    (kind === 'first' && Array.isArray(of)) ||
    (kind === 'address' && Array.isArray(parts))
  )
}

/** Shorter lines of a key or a document are found in every text. */
const LEAST_LINE = 8

/** A secret may be a password, an address (a webhook is one), or a key of many lines, of which one alone tells too much. */
function wholeSecret(value: string): readonly string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim())
  const [, path = ''] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(\/.*)$/i.exec(value) ?? []
  return [
    value,
    value.trim(),
    ...(lines.length > 1
      ? lines.filter((line) => line.length >= LEAST_LINE && !/^-+(BEGIN|END) /.test(line))
      : []),
    ...(path.length >= LEAST_LINE ? [path] : []),
    ...secretsIn(value),
    ...parametersIn(value).map(([, held]) => held),
  ].flatMap(bothForms)
}

/** Names of parameters whose values are secret. */
const SECRET_NAME = /pass|pwd|secret|token|credential|signature|api[-_]?key|access[-_]?key|(^|[-_])sig$/i

/** Passwords and tokens of an address: of its user, and of its parameters. */
export function secretsIn(location: string): readonly string[] {
  const named = parametersIn(location).filter(([name]) => SECRET_NAME.test(name))
  return [...passwordsIn(location), ...named.map(([, value]) => value)].flatMap(bothForms)
}

function parametersIn(location: string): readonly (readonly [name: string, value: string])[] {
  return [...location.matchAll(/(?:^|[?&;\s])([\w.-]+)=([^&;#\s]+)/g)].map(
    ([, name = '', value = '']) => [name, value] as const,
  )
}

function passwordsIn(location: string): readonly string[] {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(location) ?? []
  const authority = rest.slice(0, /[/?#]/.exec(rest)?.index)
  // An unescaped / ? # or @ in a password cuts it elsewhere: also what stands before the last @ of all is taken for one.
  return [authority, rest].flatMap((text) => {
    const at = text.lastIndexOf('@')
    if (at < 0) return []
    const user = text.slice(0, at)
    const colon = user.indexOf(':')
    if (colon >= 0) return [user.slice(colon + 1)]
    return /^https?$/i.test(scheme) ? [user] : []
  })
}

function bothForms(text: string): readonly string[] {
  return [text, decodedWherePossible(text)]
}

/** Percent signs that begin no character stay. */
function decodedWherePossible(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded)
    } catch {
      return encoded
    }
  })
}
