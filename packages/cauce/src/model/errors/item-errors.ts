import type { ErrorCode } from './error-code.ts'

/** What goes wrong with one item on its way, its copies and its rejects. */
export const ITEM_ERRORS = {
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
} as const satisfies Record<string, ErrorCode>
