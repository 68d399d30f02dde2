import type { Text } from '../model/language.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const

export type LogLevel = (typeof LOG_LEVELS)[number]

interface LogEvent {
  readonly level: LogLevel
  /** `{name}` marks are fields of the line. */
  readonly text: Text
}

/**
 * Everything a log can tell, once. A line carries the event's name and its fields; its sentence is for people, and can be said
 * again in another language. Names of fields tell units: `tookMs` and `sizeBytes`; moments are ISO texts.
 */
export const LOG_EVENTS = {
  'process-started': {
    level: 'info',
    text: {
      en: 'Cauce {version} started as {roles}, {jobs} at once',
      es: 'Cauce {version} empezó como {roles}, {jobs} a la vez',
    },
  },
  'process-waits': {
    level: 'warn',
    text: {
      en: 'waiting for {what}, looking again at {until}',
      es: 'se espera a {what}, se mira de nuevo a las {until}',
    },
  },
  'process-stopping': {
    level: 'info',
    text: {
      en: 'stopping ({reason}): work in hand is finished or handed back',
      es: 'parando ({reason}): lo que está en curso se termina o se devuelve',
    },
  },
  'process-ended': { level: 'info', text: { en: 'ended', es: 'terminado' } },
  'worker-lost': {
    level: 'warn',
    text: {
      en: 'worker {lost} gave no sign of life; its items ({items}) go to others',
      es: 'el trabajador {lost} no dio señal de vida; sus lotes ({items}) pasan a otros',
    },
  },

  'firing-started': {
    level: 'info',
    text: { en: 'fires ({cause}), due at {due}', es: 'se dispara ({cause}), tocaba a las {due}' },
  },
  'firing-skipped': {
    level: 'warn',
    text: { en: 'does not fire, due at {due}: {reason}', es: 'no se dispara, tocaba a las {due}: {reason}' },
  },
  'firing-failed': {
    level: 'error',
    text: { en: 'fired, and failed', es: 'se disparó y falló' },
  },
  paused: { level: 'warn', text: { en: 'paused by {by}: {reason}', es: 'en pausa por {by}: {reason}' } },
  resumed: { level: 'info', text: { en: 'resumed by {by}', es: 'reanudado por {by}' } },

  'run-opened': {
    level: 'info',
    text: { en: 'run {run} opened ({cause})', es: 'ejecución {run} abierta ({cause})' },
  },
  discovered: {
    level: 'info',
    text: { en: '{listed} listed, {fresh} new', es: '{listed} en el origen, {fresh} nuevos' },
  },
  'items-held': {
    level: 'info',
    text: {
      en: '{items} in the hands of other processes, waited for until {until}',
      es: '{items} en manos de otros procesos, se espera hasta {until}',
    },
  },
  'run-closed': {
    level: 'info',
    text: {
      en: 'run {run} closed: {state}; {items} items, {read} rows read, {loaded} loaded, {rejected} rejected, {skipped} skipped',
      es: 'ejecución {run} cerrada: {state}; {items} lotes, {read} filas leídas, {loaded} cargadas, {rejected} rechazadas, {skipped} omitidas',
    },
  },
  'run-failed': { level: 'error', text: { en: 'the run broke off', es: 'la ejecución se interrumpió' } },
  'day-closed': { level: 'info', text: { en: 'day {day} closed', es: 'día {day} cerrado' } },
  cleaned: { level: 'info', text: { en: '{what}: {count} removed', es: '{what}: {count} eliminados' } },

  'item-started': {
    level: 'info',
    text: { en: 'attempt {attempt} begins', es: 'empieza el intento {attempt}' },
  },
  'stage-started': { level: 'info', text: { en: '{stage} begins', es: 'empieza {stage}' } },
  'stage-ended': {
    level: 'info',
    text: { en: '{stage} took {tookMs}', es: '{stage} duró {tookMs}' },
  },
  'stage-progress': { level: 'debug', text: { en: '{stage} goes on', es: '{stage} sigue' } },
  'stage-retried': {
    level: 'warn',
    text: { en: '{stage} failed, try {try} begins', es: '{stage} falló, empieza el intento {try}' },
  },
  'rule-broken': {
    level: 'warn',
    text: { en: '{rule}: {rows} rows ({meaning})', es: '{rule}: {rows} filas ({meaning})' },
  },
  'item-note': { level: 'info', text: { en: '{text}', es: '{text}' } },
  'item-loaded': {
    level: 'info',
    text: {
      en: '{label}: {read} rows read, {loaded} loaded, {rejected} rejected, {skipped} skipped, {warnings} warnings; took {tookMs}',
      es: '{label}: {read} filas leídas, {loaded} cargadas, {rejected} rechazadas, {skipped} omitidas, {warnings} avisos; duró {tookMs}',
    },
  },
  'item-passed-over': {
    level: 'info',
    text: { en: '{label}: nothing to load', es: '{label}: nada que cargar' },
  },
  'item-cancelled': {
    level: 'warn',
    text: { en: 'cancelled, nothing of it was loaded', es: 'cancelado, no se cargó nada de él' },
  },
  'item-tried-again': {
    level: 'warn',
    text: {
      en: 'attempt {attempt} failed; tried again at {until}',
      es: 'el intento {attempt} falló; se reintenta a las {until}',
    },
  },
  'item-handed-back': {
    level: 'warn',
    text: {
      en: 'back to pending, no try used up',
      es: 'vuelve a pendiente, sin gastar intento',
    },
  },
  'item-failed': {
    level: 'error',
    text: { en: '{label} in attempt {attempt}', es: '{label} en el intento {attempt}' },
  },
  'item-quarantined': {
    level: 'warn',
    text: { en: 'copied to quarantine: {folder}', es: 'copiado a cuarentena: {folder}' },
  },
  'quarantine-failed': {
    level: 'error',
    text: { en: 'could not be copied to quarantine', es: 'no se pudo copiar a cuarentena' },
  },
  'item-released': {
    level: 'info',
    text: {
      en: 'released from quarantine by {by}: {reason}',
      es: 'liberado de cuarentena por {by}: {reason}',
    },
  },
  'item-discarded': {
    level: 'warn',
    text: { en: 'discarded by {by}: {reason}', es: 'descartado por {by}: {reason}' },
  },

  'alert-opened': {
    level: 'warn',
    text: { en: 'alert: {rule} ({subject})', es: 'alerta: {rule} ({subject})' },
  },
  'alert-resolved': {
    level: 'info',
    text: { en: 'alert over: {rule} ({subject})', es: 'alerta resuelta: {rule} ({subject})' },
  },
  'delivery-failed': {
    level: 'warn',
    text: { en: 'alert not delivered to {channel}', es: 'alerta sin entregar a {channel}' },
  },

  note: { level: 'info', text: { en: '{text}', es: '{text}' } },
  warning: { level: 'warn', text: { en: '{text}', es: '{text}' } },
  failure: { level: 'error', text: { en: '{text}', es: '{text}' } },
  'log-started': { level: 'info', text: { en: 'log of {key}', es: 'registro de {key}' } },
  'lines-lost': {
    level: 'warn',
    text: {
      en: '{count} lines could not be written before this one',
      es: '{count} líneas no se pudieron escribir antes de esta',
    },
  },
} as const satisfies Record<string, LogEvent>

export type LogEventName = keyof typeof LOG_EVENTS

/** Words of ours that stand in lines, as people say them. */
export const LOG_WORDS: Readonly<Record<string, Readonly<Record<string, Text>>>> = {
  stage: {
    extract: { en: 'extract', es: 'extracción' },
    transform: { en: 'transform', es: 'transformación' },
    load: { en: 'load', es: 'carga' },
    archive: { en: 'archive', es: 'archivado' },
  },
  cause: {
    schedule: { en: 'on schedule', es: 'por horario' },
    missed: { en: 'making up for a missed time', es: 'por una hora perdida' },
    manual: { en: 'by hand', es: 'a mano' },
    after: { en: 'after another pipeline', es: 'tras otro flujo' },
  },
  state: {
    running: { en: 'running', es: 'en curso' },
    done: { en: 'done', es: 'hecho' },
    done_with_rejects: { en: 'done, with rejects', es: 'hecho, con rechazos' },
    failed: { en: 'failed', es: 'falló' },
    interrupted: { en: 'interrupted', es: 'interrumpido' },
  },
}
