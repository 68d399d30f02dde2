import type { ErrorCode } from './error-code.ts'

/** What is wrong with a project, a setting, a command, or the ledger. */
export const PROJECT_ERRORS = {
  LEDGER_FAILED: {
    class: 'system',
    text: {
      en: 'The ledger {url} failed: {detail}.',
      es: 'La bitácora {url} falló: {detail}.',
    },
  },
  LEDGER_UNREACHABLE: {
    class: 'system',
    text: {
      en: 'The ledger {url} could not be reached: {detail}. Check host, port and network.',
      es: 'No se pudo llegar a la bitácora {url}: {detail}. Revise servidor, puerto y red.',
    },
  },
  LEDGER_ACCESS: {
    class: 'access',
    text: {
      en: 'The ledger {url} refused us: {detail}. Check user, password, certificate and grants.',
      es: 'La bitácora {url} nos rechazó: {detail}. Revise usuario, contraseña, certificado y permisos.',
    },
  },
  LEDGER_COMMIT_UNKNOWN: {
    class: 'system',
    text: {
      en: 'The ledger {url} was lost at the moment of a COMMIT, and could not tell afterwards whether it was carried out. Nothing is damaged: what was to be written is found out or done again.',
      es: 'La bitácora {url} se perdió en el momento de un COMMIT, y después no pudo decir si se hizo. Nada se dañó: lo que había que escribir se averigua o se hace de nuevo.',
    },
  },
  PROJECT_MISSING: {
    class: 'config',
    text: {
      en: 'There is no project folder {folder}. Name another with --project.',
      es: 'No existe la carpeta de proyecto {folder}. Indique otra con --project.',
    },
  },
  PROJECT_EMPTY: {
    class: 'config',
    text: {
      en: 'The folder {folder} declares no pipeline: it has neither a cauce.config.ts nor a .ts file whose default export is a pipeline. Name another folder with --project.',
      es: 'La carpeta {folder} no declara ningún flujo: no tiene cauce.config.ts ni un archivo .ts cuya exportación por defecto sea un flujo. Indique otra carpeta con --project.',
    },
  },
  PROJECT_IMPORT: {
    class: 'config',
    text: {
      en: '{file} could not be read as TypeScript: {detail}',
      es: '{file} no se pudo leer como TypeScript: {detail}',
    },
  },
  PROJECT_PACKAGE: {
    class: 'config',
    text: {
      en: '{file} imports the package {package}, which is not installed where it lies. In its project run: npm install {package}',
      es: '{file} importa el paquete {package}, que no está instalado en su lugar. Ejecute en su proyecto: npm install {package}',
    },
  },
  PROJECT_EXPORT: {
    class: 'config',
    text: {
      en: '{file} must say: export default project({ pipelines: [ … ] })',
      es: '{file} debe decir: export default project({ pipelines: [ … ] })',
    },
  },
  PIPELINE_REPEATED: {
    class: 'config',
    text: {
      en: 'Two pipelines of the project are named "{pipeline}" ({first} and {second}). Give one of them another name.',
      es: 'Dos flujos del proyecto se llaman "{pipeline}" ({first} y {second}). Dé otro nombre a uno de ellos.',
    },
  },
  PIPELINE_UNKNOWN: {
    class: 'usage',
    text: {
      en: 'There is no pipeline "{pipeline}" in {folder}. Did you mean "{nearest}"? All of them: {known}.',
      es: 'No hay ningún flujo "{pipeline}" en {folder}. ¿Quiso decir "{nearest}"? Todos: {known}.',
    },
  },
  DECLARATION_INVALID: {
    class: 'config',
    text: {
      en: 'The pipeline "{pipeline}" in {file} cannot run:{issuesEn}',
      es: 'El flujo "{pipeline}" de {file} no puede ejecutarse:{issuesEs}',
    },
  },
  ITEM_UNKNOWN: {
    class: 'usage',
    text: {
      en: 'The ledger {ledger} knows no item "{item}". To list them: cauce items',
      es: 'La bitácora {ledger} no conoce ningún lote "{item}". Para listarlos: cauce items',
    },
  },
  ITEM_AMBIGUOUS: {
    class: 'usage',
    text: {
      en: '"{item}" is an item of several pipelines ({pipelines}). Say which one with --pipeline.',
      es: '"{item}" es un lote de varios flujos ({pipelines}). Diga de cuál con --pipeline.',
    },
  },
  ITEM_STATE: {
    class: 'usage',
    text: {
      en: 'Item {item} is {state}: {detail}. Nothing was changed.',
      es: 'El lote {item} está en {state}: {detail}. No se cambió nada.',
    },
  },
  RUN_UNKNOWN: {
    class: 'usage',
    text: {
      en: 'The ledger knows no run "{run}". To list them: cauce runs',
      es: 'La bitácora no conoce ninguna ejecución "{run}". Para listarlas: cauce runs',
    },
  },
  CONFIG_INVALID: {
    class: 'config',
    text: {
      en: '{where}: {detail}.',
      es: '{where}: {detail}.',
    },
  },
  HOME_NOT_SHARED: {
    class: 'config',
    text: {
      en: 'home {home} is not the one that process {pid} on {host} keeps the files of {pipeline} in: with a ledger on PostgreSQL all share one, or what one puts aside the others cannot replay, release or archive. Put it on a network file system all of them reach and name it with --home or CAUCE_HOME, or run them all on one machine with the same home. A process that is gone counts for {seconds} s more.',
      es: 'home {home} no es el mismo en que el proceso {pid} de {host} guarda los archivos de {pipeline}: con una bitácora en PostgreSQL todos comparten uno, o lo que uno aparta los demás no pueden repetirlo, liberarlo ni archivarlo. Póngalo en un sistema de archivos de red al que todos lleguen y nómbrelo con --home o CAUCE_HOME, o ejecútelos todos en una máquina con el mismo home. Un proceso que ya no está cuenta {seconds} s más.',
    },
  },
  DRIVER_MISSING: {
    class: 'config',
    text: {
      en: 'The driver for {system} is not installed. Run: npm install {driver}',
      es: 'El controlador de {system} no está instalado. Ejecute: npm install {driver}',
    },
  },
  USAGE: {
    class: 'usage',
    text: {
      en: '{detail}',
      es: '{detail}',
    },
  },
  BUG: {
    class: 'bug',
    text: {
      en: 'Something is wrong in Cauce itself: {detail}. Please report it with the stack below.',
      es: 'Hay un fallo en el propio Cauce: {detail}. Repórtelo con la traza que sigue.',
    },
  },
} as const satisfies Record<string, ErrorCode>
