import type { Text } from '../../model/language.ts'

/** What the `quarantine` commands say, and their help. */
export const quarantineTexts = {
  // Help
  quarantine: {
    en: 'Look at files that failed, send them back, or decide that they are not to be loaded',
    es: 'Ver archivos que fallaron, devolverlos, o decidir que no se carguen',
  },
  list: { en: 'List what failed or was refused, and why', es: 'Listar lo que falló o se rehusó, y por qué' },
  show: {
    en: 'Show all about one: error, attempts, its file, the end of its log, what to do',
    es: 'Mostrar todo de uno: error, intentos, su archivo, el final de su registro, qué hacer',
  },
  release: {
    en: 'Send back with a new round of tries; the folder goes once the file is loaded',
    es: 'Devolver con una nueva ronda de intentos; la carpeta se borra cuando el archivo se carga',
  },
  discard: {
    en: 'Decide that it is not to be loaded; the folder is kept as long as the project says',
    es: 'Decidir que no se cargue; la carpeta se guarda el tiempo que diga el proyecto',
  },
  items: { en: 'items, by key or number', es: 'lotes, por clave o número' },
  all: { en: 'all that wait (of --pipeline)', es: 'todos los que esperan (de --pipeline)' },
  reasonOption: {
    en: 'why; stands in the history of the item',
    es: 'por qué; queda en la historia del lote',
  },

  // What is said
  none: { en: 'Nothing is in quarantine.', es: 'No hay nada en cuarentena.' },
  since: { en: 'since', es: 'desde' },
  error: { en: 'error', es: 'error' },
  next: { en: 'tried again', es: 'se reintenta' },
  file: { en: 'file', es: 'archivo' },
  byPerson: { en: 'when a person says so', es: 'cuando lo diga una persona' },
  nextRun: { en: 'by the next run', es: 'en la próxima ejecución' },
  kept: { en: 'kept', es: 'guardado' },
  notKept: { en: 'no', es: 'no' },
  showHint: { en: 'All about one: {command}', es: 'Todo de uno: {command}' },
  folder: { en: 'folder', es: 'carpeta' },
  noFolder: {
    en: 'none: its file and story are put aside by the next run',
    es: 'ninguna: la próxima ejecución aparta su archivo y su historia',
  },
  fileIs: { en: '{path}, {size}, sha256 {hash}', es: '{path}, {size}, sha256 {hash}' },
  noFile: { en: 'not kept: {why}', es: 'no se guardó: {why}' },
  quarantineTitle: { en: 'Quarantine', es: 'Cuarentena' },
  logTitle: { en: 'The end of its log', es: 'El final de su registro' },
  toDoTitle: { en: 'What to do', es: 'Qué hacer' },
  toRelease: { en: 'Try it again: {command}', es: 'Reintentarlo: {command}' },
  toDiscard: { en: 'Leave it unloaded: {command}', es: 'No cargarlo: {command}' },
  released: {
    en: '{key}: pending again; the next run takes it.',
    es: '{key}: pendiente de nuevo; lo toma la próxima ejecución.',
  },
  discarded: { en: '{key}: will not be loaded.', es: '{key}: no se cargará.' },
  notThere: {
    en: '{key}: is {state}; only what failed or was refused is in quarantine.',
    es: '{key}: está {state}; en cuarentena solo está lo que falló o se rehusó.',
  },
  nothingNamed: {
    en: 'name the items, or say --all',
    es: 'nombre los lotes, o diga --all',
  },
  namedAndAll: { en: 'name items, or say --all, not both', es: 'nombre lotes o diga --all, no ambas cosas' },
  reasonMissing: {
    en: 'say why with --reason "…"; it stands in the history of the item',
    es: 'diga por qué con --reason "…"; queda en la historia del lote',
  },
  releaseReason: { en: 'released by a person', es: 'liberado por una persona' },
} as const satisfies Record<string, Text>
