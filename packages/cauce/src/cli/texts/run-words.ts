import type { RunState } from '../../model/item-state.ts'
import type { Text } from '../../model/language.ts'

/** How a run stands or ended, in people's words; its own state is what `--json` says. */
export const runWords = {
  running: { en: 'running', es: 'en curso' },
  done: { en: 'done', es: 'hecho' },
  done_with_rejects: { en: 'done, with rejects', es: 'hecho, con rechazos' },
  failed: { en: 'failed', es: 'falló' },
  interrupted: { en: 'interrupted', es: 'interrumpido' },
} as const satisfies Record<RunState, Text>
