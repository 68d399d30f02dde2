import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CauceError } from '../model/cauce-error.ts'
import { DURATION_FORM, parseDuration } from '../model/duration.ts'
import type { Plan, Setting } from '../model/plan.ts'

/** Where values come from when a pipeline runs. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The project's `.env`, which real variables override. */
  readonly dotenv: Readonly<Record<string, string | undefined>>
  readonly projectFolder: string
  readonly currentFolder: string
}

/** Everything a plan takes from its surroundings, made absolute. Holds secrets: never stored, never logged. */
export interface ResolvedSettings {
  readonly sourceUrl: string
  /**
   * What environment and `.env` tell connectors beside their addresses (endpoint and keys of an object store), by the names
   * people have them under; absent when there is nothing.
   */
  readonly connectorVariables?: Readonly<Record<string, string>>
  readonly destinationUrl: string
  readonly backupFolder: string | undefined
  readonly deleteSource: boolean
  /** yyyy-MM-dd when given explicitly. */
  readonly referenceDate: string | undefined
  readonly retry: { readonly attempts: number; readonly delayMs: number }
}

/** A value and the folder that relative paths in it start from. */
export interface Resolved {
  readonly value: string
  readonly base: string
}

/**
 * A setting's value: an environment variable (relative paths start at the current directory), else `.env` or what was
 * declared (they start at the project); the first of several that has one; an address whose parts all have one. An empty variable
 * counts as unset.
 * @returns undefined when it is nowhere to be found
 */
export function resolveSetting(setting: Setting, around: Surroundings): Resolved | undefined {
  switch (setting.kind) {
    case 'value':
      return { value: setting.value, base: around.projectFolder }
    case 'env':
      return resolveVariable(setting, around)
    case 'first':
      return setting.of
        .map((one) => resolveSetting(one, around))
        .find((found) => found !== undefined && found.value !== '')
    case 'address':
      return resolveAddress(setting, around)
  }
}

type SettingOf<Kind extends Setting['kind']> = Extract<Setting, { readonly kind: Kind }>

function resolveVariable(setting: SettingOf<'env'>, around: Surroundings): Resolved | undefined {
  const fromEnvironment = around.environment[setting.name]
  if (fromEnvironment !== undefined && fromEnvironment !== '')
    return { value: fromEnvironment, base: around.currentFolder }
  const declared = around.dotenv[setting.name] || setting.fallback
  return declared === undefined ? undefined : { value: declared, base: around.projectFolder }
}

function resolveAddress({ parts }: SettingOf<'address'>, around: Surroundings): Resolved | undefined {
  const texts: string[] = []
  for (const part of parts) {
    if (typeof part === 'string') {
      texts.push(part)
      continue
    }
    const found = resolveSetting(part, around)
    if (found === undefined || found.value === '') return undefined
    texts.push(encodeURIComponent(found.value))
  }
  return { value: texts.join(''), base: around.projectFolder }
}

/** The variables a setting asks for, in the order they are looked at. */
export function variablesOf(setting: Setting): readonly string[] {
  switch (setting.kind) {
    case 'value':
      return []
    case 'env':
      return [setting.name]
    case 'first':
      return setting.of.flatMap(variablesOf)
    case 'address':
      return setting.parts.flatMap((part) => (typeof part === 'string' ? [] : variablesOf(part)))
  }
}

/** Resolves all settings of a plan. @throws {CauceError} CONFIG_INVALID naming the variable to set */
export function resolveSettings(plan: Plan, around: Surroundings): ResolvedSettings {
  const backup =
    plan.archive.backup === undefined ? undefined : required(plan.archive.backup, 'archive.backup', around)
  const reference = plan.reference.override && resolveSetting(plan.reference.override, around)?.value
  const variables = connectorVariables(around)
  return {
    sourceUrl: absoluteLocation(required(plan.source.location, 'from', around)),
    ...(Object.keys(variables).length === 0 ? {} : { connectorVariables: variables }),
    destinationUrl: absoluteLocation(required(plan.destination, 'into', around)),
    backupFolder: backup && resolve(backup.base, backup.value),
    deleteSource: yesOrNo(required(plan.archive.deleteSource, 'archive.deleteSource', around).value),
    referenceDate: reference === undefined || reference === '' ? undefined : isoDate(reference),
    retry: {
      attempts: attempts(required(plan.retry.attempts, 'retry.attempts', around).value),
      delayMs: duration(required(plan.retry.delay, 'retry.delay', around).value, 'retry.delay'),
    },
  }
}

/** Of these the values are secret. */
export const SECRET_VARIABLES = ['MINIO_SECRET_KEY', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']

function connectorVariables({ environment, dotenv }: Surroundings): Readonly<Record<string, string>> {
  const names = [...Object.keys(dotenv), ...Object.keys(environment)]
  return Object.fromEntries(
    names
      .filter((name) => /^(?:AWS|MINIO)_|^BUCKET$/.test(name))
      .map((name) => [name, environment[name] || dotenv[name] || ''] as const)
      .filter(([, value]) => value !== ''),
  )
}

function attempts(value: string): number {
  const count = Number(value)
  if (/^\d+$/.test(value) && count >= 1 && count <= 100) return count
  throw new CauceError('CONFIG_INVALID', {
    where: 'retry.attempts',
    detail: `"${value}" is not a number of tries; write a whole number from 1 to 100`,
  })
}

function duration(value: string, where: string): number {
  const ms = parseDuration(value)
  if (ms !== undefined) return ms
  throw new CauceError('CONFIG_INVALID', {
    where,
    detail: `"${value}" is not a duration; write it as ${DURATION_FORM}`,
  })
}

function required(setting: Setting, where: string, around: Surroundings): Resolved {
  const found = resolveSetting(setting, around)
  if (found !== undefined && found.value !== '') return found
  const names = variablesOf(setting)
  const name = names.length === 0 ? where : names.join(', ')
  const [it, lo] =
    names.length > 1 ? ['one is missing', 'falta alguna'] : ['it has no value', 'no tiene valor']
  throw new CauceError('CONFIG_INVALID', {
    where,
    detail: `set ${name}, ${it}`,
    detalle: `defina ${name}, ${lo}`,
  })
}

/** Makes the path in a location absolute; addresses of servers are left as they are. */
export function absoluteLocation({ value, base }: Resolved): string {
  // One letter is a drive.
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(value)?.[1]?.toLowerCase()
  if (scheme === undefined) return resolve(base, value)
  if (scheme === 'file' && !value.toLowerCase().startsWith('file://'))
    return resolve(base, value.slice('file:'.length))
  if (scheme === 'file') return filePath(value)
  if (scheme !== 'duckdb' && scheme !== 'sqlite') return value
  const path = value.slice(scheme.length + 1)
  return `${scheme}:${isAbsolute(path) ? path : resolve(base, path)}`
}

function filePath(url: string): string {
  try {
    return fileURLToPath(url)
  } catch (error) {
    throw new CauceError(
      'CONFIG_INVALID',
      { where: 'location', detail: `"${url}" names no file of this machine; write file:///path or ./path` },
      { cause: error },
    )
  }
}

function yesOrNo(value: string): boolean {
  if (/^(yes|y|true|1|si|sí|s)$/i.test(value)) return true
  if (/^(no|n|false|0)$/i.test(value)) return false
  throw new CauceError('CONFIG_INVALID', {
    where: 'archive.deleteSource',
    detail: `"${value}" is neither yes nor no; write one of them`,
  })
}

/** `Date.parse` takes the 31st of any month; a day that exists is spelled the same again. */
function isDay(value: string): boolean {
  if (!/^[1-9]\d{3}-\d{2}-\d{2}$/.test(value)) return false
  const atMs = Date.parse(`${value}T00:00:00Z`)
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(value)
}

function isoDate(value: string): string {
  if (isDay(value)) return value
  throw new CauceError('CONFIG_INVALID', {
    where: 'reference.override',
    detail: `"${value}" is not a day; write it as yyyy-MM-dd`,
  })
}
