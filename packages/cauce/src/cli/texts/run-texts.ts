import type { Text } from '../../model/language.ts'
import type { CountedText } from '../speaker.ts'

/** What `run` and `rejects replay` say. */
export const runTexts = {
  // While it runs
  looking: { en: 'looking for files …', es: 'buscando archivos …' },
  working: { en: '{ended} of {all}', es: '{ended} de {all}' },
  nothingNew: { en: 'nothing new', es: 'nada nuevo' },
  more: { en: '… and {n} more', es: '… y {n} más' },
  ofBytes: { en: '{arrived} of {all}', es: '{arrived} de {all}' },
  extract: { en: 'extract', es: 'extracción' },
  transform: { en: 'transform', es: 'transformación' },
  load: { en: 'load', es: 'carga' },
  archive: { en: 'archive', es: 'archivado' },
  endedLine: {
    en: '{read} read, {loaded} loaded, {rejected} rejected, {warnings} warnings',
    es: '{read} leídas, {loaded} cargadas, {rejected} rechazadas, {warnings} avisos',
  },
  handedBack: { en: 'stays pending', es: 'sigue pendiente' },
  cancelled: {
    en: '{key}  cancelled, nothing of it was loaded',
    es: '{key}  cancelado, no se cargó nada de él',
  },
  toBeRetried: {
    en: '{key}  failed, tried again in {pause} (try {next} of {attempts}): {error}',
    es: '{key}  falló, se reintenta en {pause} (intento {next} de {attempts}): {error}',
  },
  interrupting: {
    en: 'Interrupted: rolling back what is in hand. Once more ends it at once.',
    es: 'Interrumpido: se deshace lo que está en curso. Otra vez lo termina al instante.',
  },

  // How it ended
  brokeOff: { en: 'The run broke off:', es: 'La ejecución se detuvo:' },
  moreItems: {
    en: '… and {n} more that need nobody: {command}',
    es: '… y {n} más que no necesitan a nadie: {command}',
  },
  interruptedHint: {
    en: 'Nothing is half-loaded. What was not finished is taken by the next run.',
    es: 'Nada quedó cargado a medias. Lo que no terminó lo toma la próxima ejecución.',
  },

  // Columns
  key: { en: 'item', es: 'lote' },
  state: { en: 'state', es: 'estado' },
  read: { en: 'read', es: 'leídas' },
  loaded: { en: 'loaded', es: 'cargadas' },
  rejected: { en: 'rejected', es: 'rechazadas' },
  skipped: { en: 'skipped', es: 'omitidas' },
  warnings: { en: 'warnings', es: 'avisos' },

  // What a person can do
  problems: { en: 'What went wrong', es: 'Qué salió mal' },
  waiting: {
    en: 'Waiting for a person since earlier runs',
    es: 'A la espera de una persona desde ejecuciones anteriores',
  },
  since: { en: 'since {moment}', es: 'desde {moment}' },
  remedyLayout: {
    en: 'Replace the file at its source (a changed file is taken by itself), or mend the contract and say: {command}',
    es: 'Sustituya el archivo en su origen (si cambia se toma solo), o corrija el contrato y diga: {command}',
  },
  remedyReplay: {
    en: 'Mend the rows and replay them again (this one then gives way), or mend the table and say: {command}',
    es: 'Corrija las filas y repítalas otra vez (esta cede entonces su lugar), o corrija la tabla y diga: {command}',
  },
  remedyRefused: {
    en: 'A file that is changed or renamed at its source is taken by itself. To try this one again: {command}',
    es: 'Un archivo que cambia o se renombra en su origen se toma solo. Para reintentar este: {command}',
  },
  remedySystem: {
    en: 'The next run tries it again.',
    es: 'La próxima ejecución lo reintenta.',
  },
  remedyPending: {
    en: 'It stays pending, no try is used up: the next run takes it.',
    es: 'Sigue pendiente, sin gastar intentos: lo toma la próxima ejecución.',
  },
  notes: { en: 'Notes', es: 'Observaciones' },

  // Where things lie
  places: { en: 'Where to look', es: 'Dónde mirar' },
  tables: { en: 'tables', es: 'tablas' },
  rejects: { en: 'rejects', es: 'rechazos' },
  backups: { en: 'backups', es: 'respaldos' },
  history: { en: 'history', es: 'historia' },
} as const satisfies Record<string, Text>

export const runCounts = {
  items: { one: { en: '1 item', es: '1 lote' }, other: { en: '{n} items', es: '{n} lotes' } },
  listed: {
    one: { en: '1 file found', es: '1 archivo encontrado' },
    other: { en: '{n} files found', es: '{n} archivos encontrados' },
  },
  ended: {
    one: { en: '1 item done', es: '1 lote terminado' },
    other: { en: '{n} items done', es: '{n} lotes terminados' },
  },
  fresh: { one: { en: '1 new', es: '1 nuevo' }, other: { en: '{n} new', es: '{n} nuevos' } },
  failures: { one: { en: '1 failed', es: '1 falló' }, other: { en: '{n} failed', es: '{n} fallaron' } },
  rows: { one: { en: '1 row', es: '1 fila' }, other: { en: '{n} rows', es: '{n} filas' } },
  heldElsewhere: {
    one: {
      en: 'Another process holds 1 item; waiting for its sign of life to run out.',
      es: 'Otro proceso tiene 1 lote; se espera a que venza su señal de vida.',
    },
    other: {
      en: 'Another process holds {n} items; waiting for its sign of life to run out.',
      es: 'Otro proceso tiene {n} lotes; se espera a que venza su señal de vida.',
    },
  },
} as const satisfies Record<string, CountedText>
