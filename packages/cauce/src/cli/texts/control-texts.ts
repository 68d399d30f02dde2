import type { Text } from '../../model/language.ts'

/** What `trigger`, `pause`, `resume`, `cancel` and `workers` say. */
export const controlTexts = {
  triggerHelp: {
    en: 'ask whoever stands on the ledger to run a pipeline now',
    es: 'pedir a quien esté en marcha que ejecute un flujo ahora',
  },
  pauseHelp: {
    en: 'let nothing more of a pipeline begin; what is in work is finished',
    es: 'no empezar nada más de un flujo; lo que está en curso se termina',
  },
  resumeHelp: { en: 'let a paused pipeline go on', es: 'dejar seguir a un flujo en pausa' },
  cancelHelp: {
    en: 'cancel items: pending ones at once, those in work by rolling them back',
    es: 'cancelar lotes: los pendientes al momento, los que están en curso deshaciéndolos',
  },
  cancelItems: { en: 'keys or numbers of items', es: 'claves o números de lotes' },
  workersHelp: {
    en: 'show the processes that stand on the ledger, its schedules and its seats',
    es: 'mostrar los procesos en marcha, los horarios y las plazas de la bitácora',
  },
  reasonHelp: { en: 'why, for whoever wonders later', es: 'por qué, para quien se lo pregunte luego' },
  tokenHelp: {
    en: 'asks once however often it is said with the same token',
    es: 'pide una sola vez aunque se repita con el mismo token',
  },
  rhythmHelp: {
    en: 'of a pipeline with two rhythms: only look for items, or only dispatch those found',
    es: 'de un flujo con dos ritmos: solo buscar lotes, o solo despachar los encontrados',
  },

  triggered: {
    en: '{pipeline} is asked to run (firing {id}). Whoever stands takes it within a second.',
    es: 'Se pide ejecutar {pipeline} (disparo {id}). Quien esté en marcha lo toma en un segundo.',
  },
  triggeredInVain: {
    en: '{pipeline} is paused by {by}: the firing is let go unless it is resumed first.',
    es: '{pipeline} está en pausa por {by}: el disparo se deja pasar si no se reanuda antes.',
  },
  nobodyStands: {
    en: 'Nobody stands on this ledger just now. Start somebody with: {command}',
    es: 'Ahora no hay nadie en marcha en esta bitácora. Inicie a alguien con: {command}',
  },
  paused: { en: '{pipeline} is paused.', es: '{pipeline} queda en pausa.' },
  pausedBefore: {
    en: '{pipeline} was paused already, by {by}.',
    es: '{pipeline} ya estaba en pausa, por {by}.',
  },
  resumed: { en: '{pipeline} goes on.', es: '{pipeline} sigue.' },
  notPaused: { en: '{pipeline} was not paused.', es: '{pipeline} no estaba en pausa.' },
  cancelled: { en: '{key} is cancelled.', es: '{key} queda cancelado.' },
  cancelling: {
    en: '{key} is in work: its worker rolls it back within seconds.',
    es: '{key} está en curso: su trabajador lo deshace en segundos.',
  },
  notCancelled: {
    en: '{key} cannot be cancelled: it is {state}.',
    es: '{key} no se puede cancelar: está {state}.',
  },

  process: { en: 'process', es: 'proceso' },
  roles: { en: 'roles', es: 'papeles' },
  jobs: { en: 'at once', es: 'a la vez' },
  state: { en: 'state', es: 'estado' },
  since: { en: 'since', es: 'desde' },
  lastBeat: { en: 'last sign', es: 'última señal' },
  working: { en: 'working', es: 'en marcha' },
  stopping: { en: 'stopping', es: 'parando' },
  ended: { en: 'ended', es: 'terminado' },
  lost: { en: 'lost', es: 'perdido' },
  schedulesTitle: { en: 'Schedules', es: 'Horarios' },
  pipeline: { en: 'pipeline', es: 'flujo' },
  rhythm: { en: 'rhythm', es: 'ritmo' },
  next: { en: 'next', es: 'próximo' },
  onPause: { en: 'paused by {by}', es: 'en pausa por {by}' },
  neverByItself: { en: 'not by the clock', es: 'no por horario' },
  seatsTitle: { en: 'Seats', es: 'Plazas' },
  resource: { en: 'resource', es: 'recurso' },
  taken: { en: 'taken', es: 'ocupadas' },
  nobody: { en: 'Nobody has ever stood on this ledger.', es: 'Nadie ha estado en marcha en esta bitácora.' },
} as const satisfies Record<string, Text>
