import type { LogicalType, MergePlan, TablePlan } from '../../model/plan.ts'
import type { Text } from '../../model/language.ts'

/** What `plan` says. */
export const planTexts = {
  from: { en: 'from', es: 'de' },
  read: { en: 'read', es: 'lectura' },
  into: { en: 'into', es: 'hacia' },
  report: { en: 'report', es: 'reporte' },
  versions: { en: 'versions', es: 'versiones' },
  archive: { en: 'archive', es: 'archivado' },
  reference: { en: 'reference date', es: 'fecha de referencia' },
  limits: { en: 'limits', es: 'límites' },
  states: { en: 'states', es: 'estados' },
  tags: { en: 'tags', es: 'etiquetas' },
  hash: { en: 'plan', es: 'plan' },

  setting: { en: '{name}, else "{fallback}"', es: '{name}, si no "{fallback}"' },
  settingElse: { en: ', else ', es: ', si no ' },
  settingOrNothing: { en: '{name}, else nothing', es: '{name}, si no nada' },
  settingAlone: { en: '{name} (must be set)', es: '{name} (debe tener valor)' },
  matching: { en: '{location}  files {pattern}', es: '{location}  archivos {pattern}' },
  byPosition: { en: 'columns by position', es: 'columnas por posición' },
  byName: { en: 'columns by name', es: 'columnas por nombre' },
  unknownRefused: { en: 'unknown columns refused', es: 'se rehúsan columnas desconocidas' },
  unknownIgnored: { en: 'unknown columns ignored', es: 'se ignoran columnas desconocidas' },
  nulls: { en: 'null: {list}', es: 'nulo: {list}' },
  noHeader: { en: 'no header', es: 'sin encabezado' },
  sniffed: { en: '{list} as found in the file', es: '{list} según el archivo' },
  encoding: { en: 'encoding', es: 'codificación' },
  delimiter: { en: 'delimiter', es: 'delimitador' },
  quote: { en: 'quote', es: 'comilla' },
  compression: { en: 'compression', es: 'compresión' },
  refuse: {
    en: 'a name is loaded once and bytes are loaded once; anything else waits for a person',
    es: 'un nombre se carga una vez y un contenido se carga una vez; lo demás espera a una persona',
  },
  refuseNames: {
    en: 'a name is loaded once; other bytes under it wait for a person',
    es: 'un nombre se carga una vez; otro contenido con ese nombre espera a una persona',
  },
  replace: {
    en: 'other bytes under a loaded name take the place of the loaded ones',
    es: 'otro contenido con un nombre cargado reemplaza lo cargado',
  },
  replaceOnce: {
    en: 'other bytes under a loaded name take the place of the loaded ones; bytes loaded under another name are not loaded again',
    es: 'otro contenido con un nombre cargado reemplaza lo cargado; un contenido cargado con otro nombre no se carga de nuevo',
  },
  backupIn: { en: 'verified copy in {folder}', es: 'copia verificada en {folder}' },
  noBackup: { en: 'no copy kept', es: 'no se guarda copia' },
  deletes: { en: 'delete at the source: {setting}', es: 'borrar en el origen: {setting}' },
  dayOfRun: { en: 'the day of the run in {zone}', es: 'el día de la ejecución en {zone}' },
  orOverride: { en: '{name}, else {day}', es: '{name}, si no {day}' },
  limitsLine: {
    en: '{memory} MB of memory, {seconds} s per item, {bytes} unpacked',
    es: '{memory} MB de memoria, {seconds} s por lote, {bytes} descomprimido',
  },

  columnsTitle: { en: 'Columns of the contract "{name}"', es: 'Columnas del contrato "{name}"' },
  column: { en: 'column', es: 'columna' },
  type: { en: 'type', es: 'tipo' },
  header: { en: 'header', es: 'encabezado' },
  anyHeader: { en: '{header} (any name)', es: '{header} (cualquier nombre)' },
  mayBeNull: { en: 'may be null', es: 'admite nulo' },
  yes: { en: 'yes', es: 'sí' },
  form: { en: 'written as', es: 'escrito como' },
  rulesTitle: { en: 'Rules', es: 'Reglas' },
  asks: { en: 'asks for', es: 'pide' },

  tablesTitle: { en: 'Tables, in the order they are loaded', es: 'Tablas, en el orden en que se cargan' },
  fromValid: { en: 'the valid rows', es: 'las filas válidas' },
  fromRejects: { en: 'the rejects', es: 'los rechazos' },
  fromQuery: { en: 'a query over them', es: 'una consulta sobre ellas' },
  detail: { en: 'recomputed from {table}', es: 'se recalcula de {table}' },
  meets: { en: 'when the key exists', es: 'si la clave existe' },
  isKey: { en: 'key', es: 'clave' },
  columnsOfFile: {
    en: 'without a contract: the columns of each file, in the types all its rows have',
    es: 'sin contrato: las columnas de cada archivo, con los tipos que tienen todas sus filas',
  },
  broken: { en: 'its SQL does not compile: {why}', es: 'su SQL no compila: {why}' },
} as const satisfies Record<string, Text>

export const modeTexts = {
  append: { en: 'rows are added', es: 'se añaden filas' },
  replace: { en: 'holds the last load only', es: 'contiene solo la última carga' },
  upsert: { en: 'rows are merged by key', es: 'se mezclan filas por clave' },
} as const satisfies Record<TablePlan['mode'], Text>

/** How a stored value meets a new one; `{by}` is the column that orders. */
export const mergeTexts = {
  min: { en: 'the lesser stays', es: 'queda el menor' },
  max: { en: 'the greater stays', es: 'queda el mayor' },
  sum: { en: 'added', es: 'se suma' },
  replace: { en: 'the new one stays', es: 'queda el nuevo' },
  first: { en: 'that of the least {by} stays', es: 'queda el del menor {by}' },
  last: { en: 'that of the greatest {by} stays', es: 'queda el del mayor {by}' },
  period: { en: 'added within the {unit} of {by}', es: 'se suma dentro del {unit} de {by}' },
} as const satisfies Record<MergePlan['kind'], Text>

export const unitTexts = {
  year: { en: 'year', es: 'año' },
  month: { en: 'month', es: 'mes' },
} as const satisfies Record<string, Text>

export const typeTexts = {
  text: { en: 'text', es: 'texto' },
  integer: { en: 'integer', es: 'entero' },
  decimal: { en: 'decimal', es: 'decimal' },
  double: { en: 'double', es: 'doble' },
  boolean: { en: 'boolean', es: 'lógico' },
  date: { en: 'date', es: 'fecha' },
  timestamp: { en: 'date and time', es: 'fecha y hora' },
  time: { en: 'time', es: 'hora' },
  uuid: { en: 'uuid', es: 'uuid' },
  json: { en: 'json', es: 'json' },
} as const satisfies Record<LogicalType['kind'], Text>
