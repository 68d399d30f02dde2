import type { ErrorClass } from './error-class.ts'
import type { Text } from './language.ts'

/** What an error is, what it means, and what a person can do about it. */
export interface ErrorCode {
  readonly class: ErrorClass
  readonly text: Text
}

/** Every error a person can meet, once. Texts name the file or field and the remedy; `{detail}` is the reporter's own words. */
export const ERROR_CODES = {
  SOURCE_UNREACHABLE: {
    class: 'system',
    text: {
      en: 'The source {url} could not be reached: {detail}. Check host, port and network.',
      es: 'No se pudo llegar al origen {url}: {detail}. Revise servidor, puerto y red.',
    },
  },
  SOURCE_ACCESS: {
    class: 'access',
    text: {
      en: 'The source {url} refused us: {detail}. Check user, key or password, and permissions.',
      es: 'El origen {url} nos rechazó: {detail}. Revise usuario, clave o contraseña, y permisos.',
    },
  },
  SOURCE_HOST_KEY: {
    class: 'access',
    text: {
      en: 'The host key of {url} is not the expected one: {detail}. Pin it with ?hostkey=SHA256:… or add it to known_hosts after checking it with its owner.',
      es: 'La clave del servidor {url} no es la esperada: {detail}. Fíjela con ?hostkey=SHA256:… o añádala a known_hosts tras comprobarla con su dueño.',
    },
  },
  SOURCE_CHANGED: {
    class: 'system',
    text: {
      en: '{file} changed while it was read: {detail}. It will be read again as it is now.',
      es: '{file} cambió mientras se leía: {detail}. Se leerá de nuevo tal como está.',
    },
  },
  SOURCE_MISSING: {
    class: 'config',
    text: {
      en: 'The source folder {url} does not exist. Create it or correct `from`.',
      es: 'La carpeta de origen {url} no existe. Créela o corrija `from`.',
    },
  },
  SOURCE_DELETE: {
    class: 'access',
    text: {
      en: '{file} was loaded and backed up but could not be deleted at the source: {detail}. Allow it or turn deletion off.',
      es: '{file} se cargó y respaldó pero no se pudo borrar en el origen: {detail}. Permítalo o desactive el borrado.',
    },
  },
  SOURCE_NOT_DELETABLE: {
    class: 'access',
    text: {
      en: '{file} was asked to be deleted at the source after loading, but that cannot work: {detail}. Nothing was loaded. Allow it or turn deletion off.',
      es: 'Se pidió borrar {file} en el origen tras cargarlo, pero no se podrá: {detail}. No se cargó nada. Permítalo o desactive el borrado.',
    },
  },
  FILE_UNREADABLE: {
    class: 'layout',
    text: {
      en: '{file} cannot be read: {detail}.',
      es: '{file} no se puede leer: {detail}.',
    },
  },
  FILE_BOMB: {
    class: 'layout',
    text: {
      en: '{file} grows beyond what is allowed when unpacked: {detail}. If it is genuine, raise `limits`.',
      es: '{file} crece más de lo permitido al descomprimirlo: {detail}. Si es legítimo, suba `limits`.',
    },
  },
  LAYOUT_COLUMNS: {
    class: 'layout',
    text: {
      en: '{file} does not have the agreed columns: {detail}.',
      es: '{file} no tiene las columnas acordadas: {detail}.',
    },
  },
  DESTINATION_UNREACHABLE: {
    class: 'system',
    text: {
      en: 'The destination {url} could not be reached: {detail}. Check host, port and network.',
      es: 'No se pudo llegar al destino {url}: {detail}. Revise servidor, puerto y red.',
    },
  },
  DESTINATION_ACCESS: {
    class: 'access',
    text: {
      en: 'The destination {url} refused us: {detail}. Check user, password and grants.',
      es: 'El destino {url} nos rechazó: {detail}. Revise usuario, contraseña y permisos.',
    },
  },
  DESTINATION_BUSY: {
    class: 'system',
    text: {
      en: 'The destination {url} is in use by somebody else: {detail}. We waited; try again later.',
      es: 'El destino {url} está en uso por otro proceso: {detail}. Se esperó; inténtelo más tarde.',
    },
  },
  DESTINATION_FAILED: {
    class: 'system',
    text: {
      en: 'The destination {url} failed: {detail}.',
      es: 'El destino {url} falló: {detail}.',
    },
  },
  DESTINATION_SHAPE: {
    class: 'config',
    text: {
      en: 'Table {table} in the destination does not fit the pipeline: {detail}.',
      es: 'La tabla {table} del destino no encaja con el flujo: {detail}.',
    },
  },
  DESTINATION_REFUSED_ROWS: {
    class: 'layout',
    text: {
      en: 'The destination would have altered rows of table {table}: {detail}. Nothing was loaded. Tighten the contract or widen the column.',
      es: 'El destino habría alterado filas de la tabla {table}: {detail}. No se cargó nada. Ajuste el contrato o ensanche la columna.',
    },
  },
  ACCOUNTING_MISMATCH: {
    class: 'system',
    text: {
      en: 'The rows do not add up for table {table}: {detail}. The load was rolled back.',
      es: 'Las filas no cuadran en la tabla {table}: {detail}. La carga se deshizo.',
    },
  },
  VERSION_REFUSED: {
    class: 'layout',
    text: {
      en: '{file} was loaded before with other bytes (sha256 {sha256}) and this pipeline refuses replacements. Give the new file another name, or take it away.',
      es: '{file} ya se cargó con otro contenido (sha256 {sha256}) y este flujo no admite reemplazos. Dé otro nombre al archivo nuevo o retírelo.',
    },
  },
  RELOAD_IMPOSSIBLE: {
    class: 'layout',
    text: {
      en: '{file} was to be reloaded, but what it loaded before cannot be taken out again, and is as it was. Correct the declaration, then: cauce retry{issuesEn}',
      es: 'Se pidió recargar {file}, pero lo que cargó antes no se puede sacar, y está como estaba. Corrija la declaración y luego: cauce retry{issuesEs}',
    },
  },
  RELOAD_REFUSED: {
    class: 'config',
    text: {
      en: 'Nothing of the pipeline "{pipeline}" in {file} can be reloaded, because what is loaded cannot be taken out again:{issuesEn}',
      es: 'No se puede recargar nada del flujo "{pipeline}" de {file}, porque lo cargado no se puede sacar:{issuesEs}',
    },
  },
  SOURCE_VANISHED: {
    class: 'system',
    text: {
      en: '{file} is gone from the source and was not loaded.',
      es: '{file} ya no está en el origen y no se cargó.',
    },
  },
  DISK_FULL: {
    class: 'system',
    text: {
      en: 'There is no room left on the disk of {path}. Free space or move `home`.',
      es: 'No queda espacio en el disco de {path}. Libere espacio o mueva `home`.',
    },
  },
  SPOOL_FAILED: {
    class: 'system',
    text: {
      en: 'The spool file {path} could not be written: {detail}. Check the disk and the rights on `home`.',
      es: 'No se pudo escribir el archivo temporal {path}: {detail}. Revise el disco y los permisos de `home`.',
    },
  },
  MEMORY_EXHAUSTED: {
    class: 'system',
    text: {
      en: 'The memory allowed to a performer was not enough: {detail}. Raise `limits.memoryMb`.',
      es: 'No bastó la memoria permitida a un ejecutor: {detail}. Suba `limits.memoryMb`.',
    },
  },
  PERFORMER_LOST: {
    class: 'system',
    text: {
      en: 'The process working on {file} ended unexpectedly ({detail}).',
      es: 'El proceso que trabajaba en {file} terminó de forma inesperada ({detail}).',
    },
  },
  ITEM_FAILED: {
    class: 'system',
    text: {
      en: '{file} could not be worked on: {detail}.',
      es: 'No se pudo trabajar {file}: {detail}.',
    },
  },
  TABLE_SQL_FAILED: {
    class: 'layout',
    text: {
      en: 'The SQL of table {table} fails on the rows of {file}: {detail}. Mend the SQL, or the contract so that such rows are rejects.',
      es: 'El SQL de la tabla {table} falla con las filas de {file}: {detail}. Corrija el SQL, o el contrato para que esas filas sean rechazos.',
    },
  },
  TIME_EXCEEDED: {
    class: 'system',
    text: {
      en: '{file} took longer than the {seconds} s allowed. Raise `limits.itemTimeoutSeconds` if that is normal.',
      es: '{file} tardó más de los {seconds} s permitidos. Suba `limits.itemTimeoutSeconds` si es normal.',
    },
  },
  BACKUP_MISSING: {
    class: 'system',
    text: {
      en: 'The verified copy of {file} is not where the ledger says: {detail} ({count} such files on {day}). The rest of the day is in its archive. Put it back, and close the day again.',
      es: 'La copia comprobada de {file} no está donde dice la bitácora: {detail} ({count} archivos así el {day}). El resto del día está en su archivo zip. Devuélvala a su lugar y cierre el día de nuevo.',
    },
  },
  REPORT_FAILED: {
    class: 'system',
    text: {
      en: 'The report of {day} could not be written to {path}: {detail}. Everything else of that day was closed; see: cauce report --day {day}',
      es: 'No se pudo escribir el reporte del {day} en {path}: {detail}. Lo demás de ese día quedó cerrado; véalo con: cauce report --day {day}',
    },
  },
  ARCHIVE_UNUSABLE: {
    class: 'system',
    text: {
      en: 'The archive {path} cannot be added to: {detail}. Nothing was removed. Put a sound one in its place; where it is lost for good, an empty file of that name begins a new one.',
      es: 'No se puede añadir al archivo {path}: {detail}. No se borró nada. Ponga uno sano en su lugar; si se perdió del todo, un archivo vacío con ese nombre da comienzo a otro.',
    },
  },
  QUARANTINE_FAILED: {
    class: 'system',
    text: {
      en: '{file} failed and could not be put aside in {folder}: {detail}. Its failure is recorded; it is put aside as soon as that works again.',
      es: '{file} falló y no se pudo apartar en {folder}: {detail}. Su fallo está registrado; se aparta en cuanto vuelva a ser posible.',
    },
  },
  BACKUP_FAILED: {
    class: 'system',
    text: {
      en: 'The backup of {file} could not be proven: {detail}. The original was not touched.',
      es: 'No se pudo comprobar el respaldo de {file}: {detail}. El original no se tocó.',
    },
  },
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
  REJECTS_NONE: {
    class: 'usage',
    text: {
      en: 'The item "{item}" has no rejects (its state: {state}).',
      es: 'El lote "{item}" no tiene rechazos (su estado: {state}).',
    },
  },
  REJECTS_UNREADABLE: {
    class: 'config',
    text: {
      en: 'The rejects of {file} cannot be used: {detail}. They are kept in the folder rejects of `home`.',
      es: 'Los rechazos de {file} no se pueden usar: {detail}. Se guardan en la carpeta rejects de `home`.',
    },
  },
  REJECTS_OF_REPLAY: {
    class: 'usage',
    text: {
      en: '{item} is a replay: its rejects are still those of {origin}. Mend them from there: cauce rejects export {number}',
      es: '{item} es una repetición: sus rechazos siguen siendo los de {origin}. Corríjalos desde allí: cauce rejects export {number}',
    },
  },
  FILE_EXISTS: {
    class: 'usage',
    text: {
      en: '{path} exists already, and files are never overwritten. Name another with --out, or move it away.',
      es: '{path} ya existe, y los archivos nunca se sobrescriben. Indique otro con --out, o retírelo.',
    },
  },
  REPLAY_OTHER_LOAD: {
    class: 'layout',
    text: {
      en: '{file}, line {line}: the row is no reject of {origin}, its _cauce_load names another load (such rows: {rows}). Leave that column as exported, and replay the file with the item it was exported from. Nothing was loaded.',
      es: '{file}, línea {line}: la fila no es un rechazo de {origin}, su _cauce_load nombra otra carga (filas así: {rows}). Deje esa columna como se exportó, y repita el archivo con el lote del que se exportó. No se cargó nada.',
    },
  },
  REPLAY_RECORD: {
    class: 'layout',
    text: {
      en: '{file}, line {line}: the row does not say which reject of {origin} it mends (such rows: {rows}). Leave _cauce_record as exported, and add no rows. Nothing was loaded.',
      es: '{file}, línea {line}: la fila no dice qué rechazo de {origin} corrige (filas así: {rows}). Deje _cauce_record como se exportó, y no añada filas. No se cargó nada.',
    },
  },
  REPLAY_TWICE: {
    class: 'layout',
    text: {
      en: '{file}, line {line}: the row mends a reject of {origin} that an earlier row mends too (such rows: {rows}). Keep one row for each _cauce_record. Nothing was loaded.',
      es: '{file}, línea {line}: la fila corrige un rechazo de {origin} que ya corrige otra fila anterior (filas así: {rows}). Deje una sola fila por _cauce_record. No se cargó nada.',
    },
  },
  QUERY_INVALID: {
    class: 'usage',
    text: {
      en: 'The query cannot be answered: {detail}',
      es: 'No se puede responder la consulta: {detail}',
    },
  },
  QUERY_READS_ONLY: {
    class: 'usage',
    text: {
      en: 'Only questions are answered here: one statement that reads (SELECT, SHOW, DESCRIBE). Nothing was done.',
      es: 'Aquí solo se responden preguntas: una sentencia que lea (SELECT, SHOW, DESCRIBE). No se hizo nada.',
    },
  },
  QUERY_WHICH: {
    class: 'usage',
    text: {
      en: 'The pipelines {pipelines} have different destinations. Say which with --pipeline.',
      es: 'Los flujos {pipelines} tienen destinos distintos. Diga cuál con --pipeline.',
    },
  },
  QUERY_NO_DATABASE: {
    class: 'usage',
    text: {
      en: 'There is no database {url} yet: nothing was loaded. Start with: cauce run',
      es: 'Aún no existe la base de datos {url}: no se ha cargado nada. Empiece con: cauce run',
    },
  },
  SERVER_LISTEN: {
    class: 'config',
    text: {
      en: 'The server cannot listen on {host}, port {port}: {detail}. Choose another port with --port, or end what uses it.',
      es: 'El servidor no puede escuchar en {host}, puerto {port}: {detail}. Elija otro puerto con --port, o termine lo que lo ocupa.',
    },
  },
  SERVER_EXPOSED: {
    class: 'config',
    text: {
      en: 'Other machines can reach {host}, and no token of yours protects the server. Set CAUCE_TOKEN, or listen on 127.0.0.1.',
      es: 'Otras máquinas alcanzan {host}, y ningún token suyo protege el servidor. Defina CAUCE_TOKEN, o escuche en 127.0.0.1.',
    },
  },
  HTTP_TOKEN: {
    class: 'access',
    text: {
      en: 'This address needs the token: send the header "Authorization: Bearer …" with the value of CAUCE_TOKEN, or of the file token in `home`.',
      es: 'Esta dirección necesita el token: envíe la cabecera "Authorization: Bearer …" con el valor de CAUCE_TOKEN, o del archivo token de `home`.',
    },
  },
  HTTP_HOST: {
    class: 'access',
    text: {
      en: 'The name {host} is not one of this server. Ask for it by its address, or allow the name where the server is started.',
      es: 'El nombre {host} no es de este servidor. Pídalo por su dirección, o permita el nombre donde se inicia el servidor.',
    },
  },
  HTTP_ADDRESS: {
    class: 'usage',
    text: {
      en: 'There is nothing at {method} {path}. What there is: /api/v1/openapi.json',
      es: 'No hay nada en {method} {path}. Lo que hay: /api/v1/openapi.json',
    },
  },
  HTTP_REQUEST: {
    class: 'usage',
    text: {
      en: '{where}: {detail}.',
      es: '{where}: {detail}.',
    },
  },
  RUN_UNKNOWN: {
    class: 'usage',
    text: {
      en: 'The ledger knows no run "{run}". To list them: cauce runs',
      es: 'La bitácora no conoce ninguna ejecución "{run}". Para listarlas: cauce runs',
    },
  },
  ALERT_UNREACHABLE: {
    class: 'system',
    text: {
      en: 'The alert channel {channel} ({host}) could not be reached: {detail}. Check host, port and network.',
      es: 'No se pudo llegar al canal de avisos {channel} ({host}): {detail}. Revise servidor, puerto y red.',
    },
  },
  ALERT_ACCESS: {
    class: 'access',
    text: {
      en: 'The alert channel {channel} ({host}) did not let us in: {detail}. Check address, user, password and certificate.',
      es: 'El canal de avisos {channel} ({host}) no nos dejó entrar: {detail}. Revise dirección, usuario, contraseña y certificado.',
    },
  },
  ALERT_REFUSED: {
    class: 'system',
    text: {
      en: 'The alert channel {channel} ({host}) refused the message: {detail}.',
      es: 'El canal de avisos {channel} ({host}) rechazó el mensaje: {detail}.',
    },
  },
  ALERT_GIVEN_UP: {
    class: 'system',
    text: {
      en: 'Alerts that were not delivered by the channel {channel} ({host}) and are given up: {messages}. Nobody was told of them by it; the last error: {detail}. To see them: cauce alerts list',
      es: 'Avisos que el canal {channel} ({host}) no entregó y se abandonan: {messages}. Nadie supo de ellos por él; último error: {detail}. Para verlos: cauce alerts list',
    },
  },
  ALERT_CHANNEL_UNKNOWN: {
    class: 'usage',
    text: {
      en: 'There is no alert channel "{channel}". All of them: {known}.',
      es: 'No hay ningún canal de avisos "{channel}". Todos: {known}.',
    },
  },
  ALERTS_NONE: {
    class: 'usage',
    text: {
      en: 'The project {folder} declares no alerts. Declare them with: project({ alerts: [ … ] })',
      es: 'El proyecto {folder} no declara avisos. Declárelos con: project({ alerts: [ … ] })',
    },
  },
  ALERTS_INVALID: {
    class: 'config',
    text: {
      en: 'The alerts of the project cannot be used:{issuesEn}',
      es: 'Los avisos del proyecto no se pueden usar:{issuesEs}',
    },
  },
  CONFIG_INVALID: {
    class: 'config',
    text: {
      en: '{where}: {detail}.',
      es: '{where}: {detail}.',
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

export type ErrorCodeName = keyof typeof ERROR_CODES
