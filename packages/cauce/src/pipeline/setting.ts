import type { Setting } from '../model/plan.ts'

/** Where a declaration takes a value: written down, or from the environment when the pipeline runs. */
export type SettingInput = string | Setting

/**
 * A value from the environment, with what to use when the variable is unset or empty.
 * Paths in `fallback` are relative to the project folder; paths in the variable, to the current directory.
 */
export function env(name: string, fallback?: string): Setting {
  return { kind: 'env', name, fallback, secret: false }
}

/** A value from the environment that must never be seen: it is redacted wherever it would appear, and has no default. */
export function secret(name: string): Setting {
  return { kind: 'env', name, fallback: undefined, secret: true }
}

/**
 * The first of several that has a value, so that one declaration serves whoever sets one address, whoever has its parts under
 * names of their own, and whoever sets nothing.
 *
 * @example
 * into: firstOf(env('DESTINO'), address`postgres://${env('DATABASE_USER')}@${env('DATABASE_HOST')}/app`, 'duckdb:./app.duckdb')
 */
export function firstOf(...inputs: readonly SettingInput[]): Setting {
  return { kind: 'first', of: inputs.map(toSetting) }
}

/**
 * An address put together from values of the environment, each percent-encoded, so that a password may hold any sign. Where one of
 * them has no value, neither has the address.
 */
export function address(texts: TemplateStringsArray, ...values: readonly Setting[]): Setting {
  const parts = texts.flatMap((text, index) => {
    const value = values[index]
    return value === undefined ? [text] : [text, value]
  })
  return { kind: 'address', parts: parts.filter((part) => part !== '') }
}

/** A declared value in its plan form. */
export function toSetting(input: SettingInput): Setting {
  return typeof input === 'string' ? { kind: 'value', value: input } : input
}
