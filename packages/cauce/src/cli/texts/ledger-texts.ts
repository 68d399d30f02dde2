import type { Text } from '../../model/language.ts'
import type { CountedText } from '../speaker.ts'

/** What `status`, `runs`, `items` and `retry` say. */
export const ledgerTexts = {
  nothingYet: {
    en: 'Nothing has run yet: there is no ledger at {path}. Start with: {command}',
    es: 'Aún no se ha ejecutado nada: no hay bitácora en {path}. Empiece con: {command}',
  },
  noneFound: { en: 'None.', es: 'Ninguno.' },
  moreThere: {
    en: 'These are the newest {n}; more with --limit.',
    es: 'Estos son los {n} más recientes; más con --limit.',
  },

  number: { en: 'no.', es: 'n.º' },
  pipeline: { en: 'pipeline', es: 'flujo' },
  lastRun: { en: 'last run', es: 'última' },
  when: { en: 'when', es: 'cuándo' },
  items: { en: 'items', es: 'lotes' },
  good: { en: 'ready', es: 'listos' },
  open: { en: 'pending', es: 'pendientes' },
  failed: { en: 'failed', es: 'fallidos' },
  waiting: { en: 'waiting', es: 'en espera' },
  pausedSince: {
    en: '{pipeline} is paused by {by} since {since}',
    es: '{pipeline} está en pausa por {by} desde {since}',
  },
  firesNext: { en: '{pipeline} next: {next}', es: '{pipeline}, lo próximo: {next}' },
  rhythmRun: { en: 'run', es: 'ejecución' },
  rhythmDiscover: { en: 'discover', es: 'búsqueda' },
  rhythmDispatch: { en: 'dispatch', es: 'despacho' },
  neverRan: { en: 'never', es: 'nunca' },
  waitingTitle: { en: 'Waiting for a person', es: 'A la espera de una persona' },
  failedTitle: {
    en: 'Failed, tried again by the next run',
    es: 'Fallidos, los reintenta la próxima ejecución',
  },

  run: { en: 'run', es: 'ejecución' },
  started: { en: 'started', es: 'inicio' },
  took: { en: 'took', es: 'duró' },

  key: { en: 'key', es: 'clave' },
  kind: { en: 'kind', es: 'tipo' },
  kindFile: { en: 'file', es: 'archivo' },
  kindReplay: { en: 'replay of rejects of load {load}', es: 'repetición de rechazos de la carga {load}' },
  state: { en: 'state', es: 'estado' },
  size: { en: 'size', es: 'tamaño' },
  modified: { en: 'modified', es: 'modificado' },
  load: { en: 'load', es: 'carga' },
  rows: { en: 'rows', es: 'filas' },
  backup: { en: 'backup', es: 'respaldo' },
  deletedAtSource: { en: 'deleted at the source', es: 'borrado en el origen' },
  error: { en: 'error', es: 'error' },
  heldBy: { en: 'in hand', es: 'en curso' },
  heldUntil: { en: '{owner}, sign of life until {moment}', es: '{owner}, señal de vida hasta {moment}' },
  versionCount: {
    en: 'The key has other versions: {command}',
    es: 'La clave tiene otras versiones: {command}',
  },

  historyTitle: { en: 'History', es: 'Historia' },
  from: { en: 'from', es: 'de' },
  to: { en: 'to', es: 'a' },
  by: { en: 'by', es: 'por' },
  reason: { en: 'reason', es: 'motivo' },
  attemptsTitle: { en: 'Attempts', es: 'Intentos' },
  attempt: { en: 'attempt', es: 'intento' },
  outcome: { en: 'outcome', es: 'resultado' },
  stage: { en: 'stage', es: 'etapa' },
  rulesTitle: { en: 'Broken rules', es: 'Reglas incumplidas' },
  code: { en: 'code', es: 'código' },
  level: { en: 'level', es: 'nivel' },
  levelError: { en: 'error', es: 'error' },
  levelWarning: { en: 'warning', es: 'aviso' },
  meaning: { en: 'meaning', es: 'significado' },

  retried: {
    en: '{key}: pending again, the next run takes it.',
    es: '{key}: pendiente de nuevo, lo toma la próxima ejecución.',
  },
  notRetried: {
    en: '{key}: is {state}; only failed, refused and cancelled items can be sent back.',
    es: '{key}: está {state}; solo se devuelven lotes fallidos, rehusados o cancelados.',
  },
  nothingToRetry: { en: 'Nothing to retry.', es: 'Nada que reintentar.' },
  retryReason: { en: 'sent back by a person', es: 'devuelto por una persona' },
} as const satisfies Record<string, Text>

export const ledgerCounts = {
  tries: { one: { en: '1 try', es: '1 intento' }, other: { en: '{n} tries', es: '{n} intentos' } },
} as const satisfies Record<string, CountedText>
