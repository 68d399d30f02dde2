import type { Text } from '../../model/language.ts'

/** Descriptions of commands, arguments and options. */
export const helpTexts = {
  cauce: {
    en: 'Brings data from where it arises to where it is used, and accounts for every row on the way.',
    es: 'Lleva los datos de donde surgen a donde se usan, y da cuenta de cada fila en el camino.',
  },
  start: {
    en: 'Start with: cauce check, then cauce run. What became of every file: cauce status, cauce items.',
    es: 'Para empezar: cauce check, luego cauce run. Qué fue de cada archivo: cauce status, cauce items.',
  },
  help: { en: 'show help', es: 'mostrar la ayuda' },
  helpCommand: { en: 'show help for a command', es: 'mostrar la ayuda de una orden' },
  version: { en: 'show the version', es: 'mostrar la versión' },
  usageTitle: { en: 'Usage:', es: 'Uso:' },
  argumentsTitle: { en: 'Arguments:', es: 'Argumentos:' },
  optionsTitle: { en: 'Options:', es: 'Opciones:' },
  globalTitle: { en: 'Options of every command:', es: 'Opciones de toda orden:' },
  commandsTitle: { en: 'Commands:', es: 'Órdenes:' },
  optionsMark: { en: '[options]', es: '[opciones]' },
  commandMark: { en: '[command]', es: '[orden]' },
  choices: { en: 'one of {list}', es: 'uno de {list}' },

  lang: { en: 'language of all messages', es: 'idioma de los mensajes' },
  project: {
    en: 'project folder (default: the current one)',
    es: 'carpeta del proyecto (por defecto, la actual)',
  },
  home: {
    en: 'folder for spool, backups and rejects (default: what the project says, else .cauce)',
    es: 'carpeta de temporales, respaldos y rechazos (por defecto, la del proyecto o .cauce)',
  },
  ledger: {
    en: 'the ledger, as sqlite:<file> or postgres://user@host/database (default: what the project says, else in home)',
    es: 'la bitácora, como sqlite:<archivo> o postgres://usuario@servidor/base (por defecto, la del proyecto o en home)',
  },
  json: {
    en: 'print one JSON document on standard output and nothing else',
    es: 'imprimir un documento JSON en la salida estándar y nada más',
  },

  run: {
    en: 'Run pipelines once: find new files, load them, account for every row',
    es: 'Ejecutar flujos una vez: buscar archivos nuevos, cargarlos y dar cuenta de cada fila',
  },
  runPipelines: { en: 'pipelines to run (default: all)', es: 'flujos que ejecutar (por defecto, todos)' },
  jobs: {
    en: 'files worked on side by side (default: the cores of the machine)',
    es: 'archivos a la vez (por defecto, los núcleos de la máquina)',
  },
  quiet: { en: 'say nothing unless something is wrong', es: 'no decir nada salvo que algo vaya mal' },
  detailedExitCodes: {
    en: 'also tell by the exit code: 10 done with rejects, 99 nothing to do',
    es: 'distinguir también en el código de salida: 10 hecho con rechazos, 99 nada que hacer',
  },
  runExits: {
    en: 'Exit codes: 0 done; 64 wrong command line; 65 a file is not as agreed, a person must act; 75 try again later; 77 permission or credentials; 78 wrong declaration or setting; 70 a fault of Cauce; 130 or 143 interrupted.',
    es: 'Códigos de salida: 0 hecho; 64 orden mal escrita; 65 un archivo no es lo acordado, debe actuar una persona; 75 reintente más tarde; 77 permisos o credenciales; 78 declaración o ajuste incorrecto; 70 fallo de Cauce; 130 o 143 interrumpido.',
  },

  check: {
    en: 'Check declarations, their SQL and their settings; loads nothing',
    es: 'Revisar declaraciones, su SQL y sus ajustes; no carga nada',
  },
  checkPipelines: { en: 'pipelines to check (default: all)', es: 'flujos que revisar (por defecto, todos)' },
  plan: {
    en: 'Show what a pipeline does: source, columns, rules, tables',
    es: 'Mostrar qué hace un flujo: origen, columnas, reglas, tablas',
  },
  pipeline: { en: 'name of the pipeline', es: 'nombre del flujo' },

  status: {
    en: 'Show how every pipeline stands and what waits for a person',
    es: 'Mostrar cómo está cada flujo y qué espera a una persona',
  },
  runs: { en: 'List runs, the newest first', es: 'Listar ejecuciones, la más reciente primero' },
  itemsGroup: {
    en: 'List items (one per version of a file), or show all about one',
    es: 'Listar lotes (uno por versión de archivo), o mostrar todo de uno',
  },
  items: {
    en: 'List items (one per version of a file), the newest first',
    es: 'Listar lotes (uno por versión de archivo), el más reciente primero',
  },
  itemsShow: {
    en: 'Show everything that happened to one item',
    es: 'Mostrar todo lo que pasó con un lote',
  },
  item: { en: 'key of the item (its path), or its number', es: 'clave del lote (su ruta) o su número' },
  onlyPipeline: { en: 'only of this pipeline', es: 'solo de este flujo' },
  onlyState: { en: 'only in this state; may be repeated', es: 'solo en este estado; puede repetirse' },
  onlyKey: { en: 'only keys that contain this text', es: 'solo claves que contengan este texto' },
  limit: { en: 'at most so many', es: 'a lo sumo tantos' },
  retry: {
    en: 'Send failed, refused or cancelled items back, to be taken by the next run',
    es: 'Devolver lotes fallidos, rehusados o cancelados, para que los tome la próxima ejecución',
  },
  retryItems: { en: 'items, by key or number', es: 'lotes, por clave o número' },
  retryAll: {
    en: 'all of the pipeline that failed or were refused',
    es: 'todos los del flujo que fallaron o se rehusaron',
  },

  rejects: {
    en: 'Look at rejected rows, mend them, replay them',
    es: 'Ver filas rechazadas, corregirlas y repetirlas',
  },
  rejectsList: {
    en: 'List items with rejects, and which rules were broken how often',
    es: 'Listar lotes con rechazos, y qué reglas se incumplieron cuántas veces',
  },
  rejectsShow: { en: 'Show the rejected rows of an item', es: 'Mostrar las filas rechazadas de un lote' },
  rejectsExport: {
    en: 'Write the rejects of an item to a CSV file, to be mended by hand',
    es: 'Escribir los rechazos de un lote en un archivo CSV, para corregirlos a mano',
  },
  rejectsReplay: {
    en: 'Send rejects back through the contract; each row is loaded at most once, ever',
    es: 'Pasar los rechazos de nuevo por el contrato; cada fila se carga una sola vez',
  },
  onlyRule: { en: 'only rows that broke this rule', es: 'solo filas que incumplen esta regla' },
  out: {
    en: 'file to write (default: rejects_<item number>.csv); never overwritten',
    es: 'archivo que escribir (por defecto, rejects_<número de lote>.csv); nunca se sobrescribe',
  },
  mended: {
    en: 'the mended CSV file (default: the rows as they were, for a changed contract)',
    es: 'el archivo CSV corregido (por defecto, las filas como estaban, si cambió el contrato)',
  },

  sql: {
    en: 'Ask the destination of a pipeline a question; only reads, needs no database client',
    es: 'Hacer una consulta al destino de un flujo; solo lee, no hace falta cliente de base de datos',
  },
  query: {
    en: "one statement that reads, in the destination's own SQL",
    es: 'una sentencia que lea, en el SQL del destino',
  },
  whoseDestination: {
    en: 'whose destination (not needed where all pipelines have the same)',
    es: 'de qué flujo es el destino (no hace falta si todos tienen el mismo)',
  },
  sqlExamples: {
    en: `Examples: cauce sql "SHOW TABLES"
          cauce sql "SELECT * FROM a_table LIMIT 10"`,
    es: `Ejemplos: cauce sql "SHOW TABLES"
          cauce sql "SELECT * FROM una_tabla LIMIT 10"`,
  },

  completion: {
    en: 'Print a script that teaches your shell to complete commands',
    es: 'Imprimir un guion para que su intérprete complete las órdenes',
  },
  shell: { en: 'your shell', es: 'su intérprete de órdenes' },
} as const satisfies Record<string, Text>
