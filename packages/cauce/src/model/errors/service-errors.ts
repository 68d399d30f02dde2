import type { ErrorCode } from './error-code.ts'

/** What goes wrong between the server, those who ask it, and those who are told of alerts. */
export const SERVICE_ERRORS = {
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
      en: 'The name {host} is not one of this server. Ask for it by its address, or allow the name with --allow-host.',
      es: 'El nombre {host} no es de este servidor. Pídalo por su dirección, o permita el nombre con --allow-host.',
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
} as const satisfies Record<string, ErrorCode>
