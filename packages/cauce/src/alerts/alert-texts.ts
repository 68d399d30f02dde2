import type { ItemState } from '../model/item-state.ts'
import type { Text } from '../model/language.ts'
import type { AlertDetails } from './alert-details.ts'

type Kind = AlertDetails['kind']

/** What happened, on one line; items that failed have their own by state. */
export const openedTitles: Readonly<Record<Exclude<Kind, 'item_failed'>, Text>> = {
  quarantined: { en: '{file} is in quarantine', es: '{file} está en cuarentena' },
  run_failed: { en: 'a run failed', es: 'falló una ejecución' },
  rejects_of_file: {
    en: '{percent} of the rows of {file} were rejected',
    es: 'se rechazó el {percent} de las filas de {file}',
  },
  rejects_of_day: {
    en: '{percent} of the rows of {day} were rejected',
    es: 'se rechazó el {percent} de las filas del {day}',
  },
  late_start: {
    en: 'the run of {day} has not begun by {at}',
    es: 'la ejecución del {day} no ha empezado a las {at}',
  },
  not_finished: {
    en: 'the run of {day} has not ended by {at}',
    es: 'la ejecución del {day} no ha terminado a las {at}',
  },
  no_files: { en: 'files were due and none came', es: 'debían llegar archivos y no llegó ninguno' },
  disk_short: {
    en: 'the disk of {host} is short: {free} are free',
    es: 'el disco de {host} se acaba: quedan {free} libres',
  },
}

export const failedTitles: Readonly<Partial<Record<ItemState, Text>>> = {
  failed_system: { en: '{file} failed', es: '{file} falló' },
  failed_layout: { en: '{file} is not as agreed', es: '{file} no es lo acordado' },
  refused: { en: '{file} was refused', es: '{file} fue rehusado' },
}

/** The same when it is over; an item's end tells more, by state. */
export const resolvedTitles: Readonly<Record<Exclude<Kind, 'item_failed' | 'quarantined'>, Text>> = {
  run_failed: { en: 'runs go well again', es: 'las ejecuciones vuelven a ir bien' },
  rejects_of_file: { en: 'the rejects of {file} were mended', es: 'se corrigieron los rechazos de {file}' },
  rejects_of_day: {
    en: 'rejected rows are within bounds again',
    es: 'las filas rechazadas vuelven a estar dentro de lo permitido',
  },
  late_start: { en: 'the run of {day} has begun', es: 'la ejecución del {day} ha empezado' },
  not_finished: { en: 'the run of {day} has ended', es: 'la ejecución del {day} ha terminado' },
  no_files: { en: 'files came', es: 'llegaron archivos' },
  disk_short: { en: 'the disk of {host} has room again', es: 'el disco de {host} vuelve a tener espacio' },
}

export const endedTitles: Readonly<Partial<Record<ItemState, Text>>> = {
  ready: { en: '{file} was loaded', es: '{file} se cargó' },
  ready_with_rejects: { en: '{file} was loaded, with rejects', es: '{file} se cargó, con rechazos' },
  duplicate: { en: '{file} had been loaded already', es: '{file} ya estaba cargado' },
  superseded: { en: '{file} gave way to a newer version', es: '{file} dio paso a una versión más nueva' },
  cancelled: { en: '{file} was cancelled', es: '{file} se canceló' },
}

/** What to do about it, before the commands. */
export const adviceTexts: Readonly<Record<Exclude<Kind, 'item_failed'>, Text>> = {
  quarantined: {
    en: 'Look at it, then release or discard it:',
    es: 'Véalo, y después libérelo o descártelo:',
  },
  run_failed: {
    en: 'See what it says, mend it, and run it again:',
    es: 'Vea qué dice, corríjalo y vuelva a ejecutar:',
  },
  rejects_of_file: {
    en: 'See which rules were broken; mended rows can be loaded afterwards:',
    es: 'Vea qué reglas se incumplieron; las filas corregidas se pueden cargar después:',
  },
  rejects_of_day: {
    en: 'See which files and rules they are of:',
    es: 'Vea de qué archivos y reglas son:',
  },
  late_start: {
    en: 'See whether a dispatcher is running and what it is doing:',
    es: 'Vea si hay un despachador en marcha y qué hace:',
  },
  not_finished: { en: 'See how far it is:', es: 'Vea por dónde va:' },
  no_files: {
    en: 'Ask whoever delivers them, and look whether the source can be read:',
    es: 'Pregunte a quien los entrega, y mire si se puede leer el origen:',
  },
  disk_short: {
    en: 'Free space there, or move `home`. When it is full nothing is loaded any more.',
    es: 'Libere espacio, o mueva `home`. Cuando se llene no se cargará nada más.',
  },
}

export const failedAdvice: Readonly<Partial<Record<ItemState, Text>>> = {
  failed_system: {
    en: 'It is tried again by itself on later days, as far as its pipeline says. To see its story, and to try it at once:',
    es: 'Se reintenta por sí solo en días siguientes, según diga su flujo. Para ver su historia y reintentarlo ya:',
  },
  failed_layout: {
    en: 'It is not tried again by itself. See why, mend the file or the contract, and send it back:',
    es: 'No se reintenta por sí solo. Vea por qué, corrija el archivo o el contrato, y devuélvalo:',
  },
  refused: {
    en: 'Its name was loaded before with other bytes. Give the new file another name, or take it away:',
    es: 'Su nombre ya se cargó con otro contenido. Dé otro nombre al archivo nuevo, o retírelo:',
  },
}

export const messageTexts = {
  gone: { en: '{file} is gone', es: '{file} ya no está' },
  unknown: { en: 'an alert of a newer Cauce', es: 'un aviso de un Cauce más nuevo' },
  resolved: { en: 'Resolved', es: 'Resuelto' },
  subjectMany: { en: '{n} alerts: {first}', es: '{n} avisos: {first}' },
  moreEntries: { en: 'And {n} more.', es: 'Y {n} más.' },
  footer: {
    en: 'Sent by Cauce on {host}. All of them: cauce alerts list',
    es: 'Enviado por Cauce en {host}. Todos: cauce alerts list',
  },
  testTitle: { en: 'a test of the channel {channel}', es: 'una prueba del canal {channel}' },
  testAdvice: {
    en: 'Nothing happened. Somebody asked whether messages arrive: they do.',
    es: 'No pasó nada. Alguien preguntó si llegan los mensajes: llegan.',
  },
} as const satisfies Record<string, Text>

export const factLabels = {
  rule: { en: 'alert', es: 'aviso' },
  file: { en: 'file', es: 'archivo' },
  state: { en: 'state', es: 'estado' },
  attempts: { en: 'tries', es: 'intentos' },
  error: { en: 'error', es: 'error' },
  reason: { en: 'reason', es: 'motivo' },
  run: { en: 'run', es: 'ejecución' },
  runningSince: { en: 'running since', es: 'en marcha desde' },
  rows: { en: 'rows read', es: 'filas leídas' },
  rejected: { en: 'rejected', es: 'rechazadas' },
  allowed: { en: 'allowed', es: 'permitido' },
  files: { en: 'files', es: 'archivos' },
  between: { en: 'looked at', es: 'periodo' },
  path: { en: 'folder', es: 'carpeta' },
  free: { en: 'free', es: 'libres' },
  least: { en: 'wanted', es: 'deseados' },
  since: { en: 'since', es: 'desde' },
  until: { en: 'until', es: 'hasta' },
  row: { en: 'line {line}', es: 'línea {line}' },
} as const satisfies Record<string, Text>
