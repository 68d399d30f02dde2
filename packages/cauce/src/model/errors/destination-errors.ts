import type { ErrorCode } from './error-code.ts'

/** What goes wrong at a destination, in a load and in a question to it. */
export const DESTINATION_ERRORS = {
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
  TABLE_SQL_FAILED: {
    class: 'layout',
    text: {
      en: 'The SQL of table {table} fails on the rows of {file}: {detail}. Mend the SQL, or the contract so that such rows are rejects.',
      es: 'El SQL de la tabla {table} falla con las filas de {file}: {detail}. Corrija el SQL, o el contrato para que esas filas sean rechazos.',
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
} as const satisfies Record<string, ErrorCode>
