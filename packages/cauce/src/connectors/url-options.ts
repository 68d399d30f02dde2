import { isAbsolute, join } from 'node:path'
import { CauceError } from '../model/cauce-error.ts'

/** Options of an address, decoded, by name. */
export type UrlOptions = ReadonlyMap<string, string>

interface OptionsRequest {
  readonly query: string
  /** Names that may be given. */
  readonly known: readonly string[]
  /** Whose address it is, for people. */
  readonly where: string
}

/** Options that may each be given once. @throws {CauceError} CONFIG_INVALID, never with a value: it may be secret */
export function urlOptions(request: OptionsRequest): UrlOptions {
  return new Map(
    [...urlOptionLists(request)].map(([name, values]) => {
      const [value = '', ...more] = values
      if (more.length > 0) throw invalid(request.where, `the option ${name} is given more than once`)
      return [name, value]
    }),
  )
}

/** Options of which some may be given several times. @throws {CauceError} CONFIG_INVALID, never with a value */
export function urlOptionLists({
  query,
  known,
  where,
}: OptionsRequest): ReadonlyMap<string, readonly string[]> {
  const lists = new Map<string, string[]>()
  for (const option of query.split('&').filter((text) => text !== '')) {
    const at = option.indexOf('=')
    const name = at < 0 ? option : option.slice(0, at)
    if (!known.includes(name))
      throw invalid(where, `an option in it is not known; known are ${known.join(', ')}`)
    const value = decoded(at < 0 ? '' : option.slice(at + 1), where, `the option ${name}`)
    if (value === '') throw invalid(where, `the option ${name} is empty`)
    lists.set(name, [...(lists.get(name) ?? []), value])
  }
  return lists
}

/** One of a few words, the first being the default. */
export function oneOf<const Words extends readonly [string, ...string[]]>(
  values: UrlOptions,
  name: string,
  words: Words,
  where: string,
): Words[number] {
  const given = values.get(name) ?? words[0]
  const found = words.find((word) => word === given)
  if (found === undefined) throw invalid(where, `the option ${name} must be one of ${words.join(', ')}`)
  return found
}

export function seconds(values: UrlOptions, name: string, fallback: number, where: string): number {
  const text = values.get(name)
  if (text === undefined) return fallback
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > 3_600)
    throw invalid(where, `the option ${name} must be a whole number of seconds from 1 to 3600`)
  return value
}

/** The path of a file of ours. Relative to what would be anybody's guess: the connector does not know the project's folder. */
export function localPath(
  path: string,
  {
    where,
    option,
    homeFolder,
  }: { readonly where: string; readonly option: string; readonly homeFolder: string },
): string {
  if (path.startsWith('~/')) return join(homeFolder, path.slice(1))
  if (!isAbsolute(path))
    throw invalid(where, `the option ${option} must be an absolute path or begin with ~/`)
  return path
}

/** A part of an address without its percent signs; `what` names it. */
export function decoded(text: string, where: string, what: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // The error is not kept: it may quote the text, which may be a password.
    throw invalid(where, `${what} is not percent-encoded rightly; write % as %25`)
  }
}

/** An address that cannot be meant so; `detail` must not hold a value that may be secret. */
export function invalid(where: string, detail: string): CauceError {
  return new CauceError('CONFIG_INVALID', { where, detail })
}
