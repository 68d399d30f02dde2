import type { Text } from '../../model/language.ts'

/** What `logs` says, and the help of everything about logs. */
export const logTexts = {
  logs: {
    en: 'Show the log of an item, or what the dispatcher and the workers did',
    es: 'Mostrar el registro de un lote, o qué hicieron el despachador y los trabajadores',
  },
  item: {
    en: 'key of the item (its path), or its number (default: the log of the orchestrator)',
    es: 'clave del lote (su ruta) o su número (por defecto, el registro del orquestador)',
  },
  day: {
    en: 'of this day, as yyyy-MM-dd (default: every day of an item, else the newest)',
    es: 'de este día, como aaaa-MM-dd (por defecto, todos los del lote, o el más reciente)',
  },
  level: { en: 'lines of this weight or more', es: 'líneas de este peso o más' },
  follow: { en: 'go on showing lines as they come', es: 'seguir mostrando líneas según llegan' },
  json: {
    en: 'print one JSON document on standard output; with --follow, one JSON object a line',
    es: 'imprimir un documento JSON en la salida estándar; con --follow, un objeto JSON por línea',
  },
  logFormat: {
    en: 'lines for people or for machines (default: human on a terminal, else json)',
    es: 'líneas para personas o para máquinas (por defecto, human en una terminal, si no json)',
  },
  logLevel: {
    en: 'what is written down, here and in the files: lines of this weight or more',
    es: 'qué se anota, aquí y en los archivos: líneas de este peso o más',
  },
  noLines: {
    en: 'No lines of {item}. Logs lie in {folder}, one folder a day, and go after the days the project says.',
    es: 'No hay líneas de {item}. Los registros están en {folder}, una carpeta por día, y se borran tras los días que diga el proyecto.',
  },
  noDay: {
    en: 'No lines. Logs lie in {folder}, one folder a day; they are begun by cauce up, worker and dispatcher, and by run.',
    es: 'No hay líneas. Los registros están en {folder}, una carpeta por día; los empiezan cauce up, worker y dispatcher, y run.',
  },
  older: {
    en: 'These are the last {n} lines; more with --limit.',
    es: 'Estas son las últimas {n} líneas; más con --limit.',
  },
  dayMalformed: {
    en: '"{day}" is not a day; write it as yyyy-MM-dd',
    es: '"{day}" no es un día; escríbalo como aaaa-MM-dd',
  },
} as const satisfies Record<string, Text>
