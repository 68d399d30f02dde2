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

/** A declared value in its plan form. */
export function toSetting(input: SettingInput): Setting {
  return typeof input === 'string' ? { kind: 'value', value: input } : input
}
