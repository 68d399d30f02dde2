import type { ErrorCode } from './error-code.ts'

/** What goes wrong at a source, and with the files it gives. */
export const SOURCE_ERRORS = {
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
  SOURCE_VANISHED: {
    class: 'system',
    text: {
      en: '{file} is gone from the source and was not loaded.',
      es: '{file} ya no está en el origen y no se cargó.',
    },
  },
} as const satisfies Record<string, ErrorCode>
