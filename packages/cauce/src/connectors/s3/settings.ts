import { CauceError } from '../../model/cauce-error.ts'

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A variable's value; an empty one counts as unset. */
export function given(environment: Environment, name: string): string | undefined {
  return environment[name] || undefined
}

/** A setting that cannot be meant so; `detail` must not hold its value where that may be secret. */
export function invalid(where: string, detail: string): CauceError {
  return new CauceError('CONFIG_INVALID', { where, detail })
}
