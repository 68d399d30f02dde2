/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A variable's value; an empty one counts as unset. */
export function given(environment: Environment, name: string): string | undefined {
  return environment[name] || undefined
}
