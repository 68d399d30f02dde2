import type { ItemState, RunState } from '../../model/item-state.ts'
import { itemTone, runTone, type StateTone } from '../../model/state-tone.ts'
import type { Text } from '../../model/language.ts'
import type { CountedText } from '../../model/speaker.ts'
import type { FiringCause } from '../../ledger/tables.ts'

/** What reports say, on every medium. */
export const reportWords = {
  dayTitle: { en: 'Report of {day}', es: 'Reporte del {day}' },
  monthTitle: { en: 'Report of {month}', es: 'Reporte de {month}' },
  zone: { en: 'days of {zone}', es: 'días de {zone}' },
  closed: { en: 'closed {moment}', es: 'cerrado {moment}' },
  provisional: { en: 'the day is not over: as of {moment}', es: 'el día no ha terminado: al {moment}' },
  live: { en: 'not closed: as of {moment}', es: 'sin cerrar: al {moment}' },
  nothing: { en: 'Nothing ended on this day.', es: 'Nada terminó este día.' },
  nothingInMonth: { en: 'Nothing ended in this month.', es: 'Nada terminó este mes.' },

  files: { en: 'files', es: 'archivos' },
  filesTitle: { en: 'Files by state', es: 'Archivos por estado' },
  state: { en: 'state', es: 'estado' },
  total: { en: 'total', es: 'total' },
  success: { en: 'success', es: 'éxito' },
  successHint: { en: '{loaded} of {tried} files loaded', es: '{loaded} de {tried} archivos cargados' },
  noFiles: { en: 'no files', es: 'sin archivos' },
  read: { en: 'read', es: 'leídas' },
  loaded: { en: 'loaded', es: 'cargadas' },
  rejected: { en: 'rejected', es: 'rechazadas' },
  skipped: { en: 'skipped', es: 'omitidas' },
  warnings: { en: 'warnings', es: 'avisos' },
  rows: { en: 'rows', es: 'filas' },
  rowsTitle: { en: 'Rows', es: 'Filas' },
  size: { en: 'size', es: 'tamaño' },
  waiting: { en: 'waiting', es: 'en espera' },
  filesLoaded: { en: 'files loaded', es: 'archivos cargados' },
  filesFailed: { en: 'files failed', es: 'archivos fallidos' },
  others: { en: 'others', es: 'otros' },
  replays: { en: 'Replays of rejects', es: 'Repeticiones de rechazos' },
  replaysLine: {
    en: '{items}: {loaded} rows mended and loaded, {rejected} rejected again',
    es: '{items}: {loaded} filas corregidas y cargadas, {rejected} rechazadas de nuevo',
  },

  rulesTitle: { en: 'Rules broken most', es: 'Reglas más incumplidas' },
  rule: { en: 'rule', es: 'regla' },
  meaning: { en: 'meaning', es: 'significado' },
  level: { en: 'level', es: 'nivel' },
  levelError: { en: 'error', es: 'error' },
  levelWarning: { en: 'warning', es: 'aviso' },

  slowestTitle: { en: 'Slowest files', es: 'Archivos más lentos' },
  file: { en: 'file', es: 'archivo' },
  took: { en: 'took', es: 'duró' },

  retries: { en: 'Retries', es: 'Reintentos' },
  moreTries: { en: 'retries', es: 'reintentos' },
  retriesLine: { en: '{tries} in {files}', es: '{tries} en {files}' },
  noRetries: { en: 'none: everything at the first try', es: 'ninguno: todo al primer intento' },

  waitingTitle: { en: 'Waiting in quarantine', es: 'En cuarentena' },
  waitingAsOf: { en: 'as of {moment}', es: 'al {moment}' },
  nothingWaits: { en: 'Nothing waits.', es: 'Nada espera.' },
  since: { en: 'since', es: 'desde' },
  reason: { en: 'reason', es: 'motivo' },
  tries: { en: 'tries', es: 'intentos' },
  more: { en: 'and {n} more', es: 'y {n} más' },
  open: { en: 'still to be done or in work', es: 'por hacer o en curso' },

  runsTitle: { en: 'Runs', es: 'Ejecuciones' },
  started: { en: 'started', es: 'inicio' },
  cause: { en: 'cause', es: 'causa' },

  backupTitle: { en: 'Backup', es: 'Respaldo' },
  backupLine: { en: '{files}, {size}', es: '{files}, {size}' },
  noBackup: { en: 'no archive of this day', es: 'sin archivo de este día' },
  lostTitle: { en: 'Copies that are missing', es: 'Copias que faltan' },

  day: { en: 'day', es: 'día' },
  starred: { en: '* not closed yet', es: '* sin cerrar' },
  daysTitle: { en: 'Day by day', es: 'Día por día' },
  archive: { en: 'archive', es: 'respaldo' },
  madeBy: { en: 'made by Cauce, {moment}', es: 'hecho por Cauce, {moment}' },
} as const satisfies Record<string, Text>

export const reportCounts = {
  files: { one: { en: '1 file', es: '1 archivo' }, other: { en: '{n} files', es: '{n} archivos' } },
  rows: { one: { en: '1 row', es: '1 fila' }, other: { en: '{n} rows', es: '{n} filas' } },
  replays: {
    one: { en: '1 replay', es: '1 repetición' },
    other: { en: '{n} replays', es: '{n} repeticiones' },
  },
  retries: {
    one: { en: '1 more try', es: '1 intento más' },
    other: { en: '{n} more tries', es: '{n} intentos más' },
  },
  waiting: {
    one: { en: '1 file waits to be looked at or tried again', es: '1 archivo espera revisión o reintento' },
    other: {
      en: '{n} files wait to be looked at or tried again',
      es: '{n} archivos esperan revisión o reintento',
    },
  },
} as const satisfies Record<string, CountedText>

/** States for people, where a pipeline has no words of its own. */
export const stateWords = {
  pending: { en: 'pending', es: 'pendiente' },
  extracting: { en: 'extracting', es: 'extrayendo' },
  transforming: { en: 'transforming', es: 'transformando' },
  loading: { en: 'loading', es: 'cargando' },
  ready: { en: 'loaded', es: 'cargado' },
  ready_with_rejects: { en: 'loaded, with rejects', es: 'cargado, con rechazos' },
  failed_layout: { en: 'failed: wrong layout', es: 'falló: layout incorrecto' },
  failed_system: { en: 'failed: system', es: 'falló: sistema' },
  duplicate: { en: 'duplicate', es: 'duplicado' },
  refused: { en: 'refused: another version is loaded', es: 'rehusado: ya hay otra versión cargada' },
  superseded: { en: 'superseded', es: 'reemplazado' },
  cancelled: { en: 'cancelled', es: 'cancelado' },
} as const satisfies Record<ItemState, Text>

export const runStateWords = {
  running: { en: 'running', es: 'en curso' },
  done: { en: 'done', es: 'hecha' },
  done_with_rejects: { en: 'done, with rejects', es: 'hecha, con rechazos' },
  failed: { en: 'failed', es: 'falló' },
  interrupted: { en: 'interrupted', es: 'interrumpida' },
} as const satisfies Record<RunState, Text>

export const causeWords = {
  schedule: { en: 'schedule', es: 'horario' },
  missed: { en: 'missed, made up for', es: 'perdida, recuperada' },
  manual: { en: 'by hand', es: 'a mano' },
  after: { en: 'after another', es: 'tras otro flujo' },
} as const satisfies Record<FiringCause, Text>

/** The order in which reports tell of states: what went well, what did not, what needed nothing. */
export const STATE_ORDER: readonly ItemState[] = [
  'ready',
  'ready_with_rejects',
  'failed_layout',
  'failed_system',
  'refused',
  'duplicate',
  'superseded',
  'cancelled',
]

/** How a state looks on a printed page, where nothing is still going on. */
export type Tone = Exclude<StateTone, 'active'>

export function toneOf(state: ItemState): Tone {
  return printed(itemTone(state))
}

export function runToneOf(state: RunState): Tone {
  return printed(runTone(state))
}

function printed(tone: StateTone): Tone {
  return tone === 'active' ? 'quiet' : tone
}
