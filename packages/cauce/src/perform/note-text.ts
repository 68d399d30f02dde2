import type { Text } from '../model/language.ts'
import type { Plan } from '../model/plan.ts'

/** Remarks on a file as one text, in the language of the pipeline's load report; undefined when there are none. */
export function noteText({ report }: Plan, notes: readonly Text[]): string | undefined {
  return notes.length === 0 ? undefined : notes.map((note) => note[report?.language ?? 'en']).join('; ')
}
