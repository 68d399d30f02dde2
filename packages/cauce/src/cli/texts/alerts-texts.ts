import type { Text } from '../../model/language.ts'

/** What the `alerts` commands say, and their help. */
export const alertsTexts = {
  // Help
  alerts: {
    en: 'See what people were told of, and whether messages arrive',
    es: 'Ver de qué se avisó, y si llegan los mensajes',
  },
  list: {
    en: 'List alerts that are open, and messages that did not arrive',
    es: 'Listar los avisos abiertos, y los mensajes que no llegaron',
  },
  all: { en: 'also those that are over', es: 'también los que terminaron' },
  test: {
    en: 'Send a test message by one channel, or by all, now',
    es: 'Enviar ya un mensaje de prueba por un canal, o por todos',
  },
  channel: { en: 'channel, by its name (default: all)', es: 'canal, por su nombre (por defecto, todos)' },

  // What is said
  none: { en: 'No alert is open.', es: 'No hay ningún aviso abierto.' },
  noneEver: { en: 'There are no alerts.', es: 'No hay avisos.' },
  declared: {
    en: 'Alerts declared: {alerts}. Channels: {channels}. To try them: {command}',
    es: 'Avisos declarados: {alerts}. Canales: {channels}. Para probarlos: {command}',
  },
  alert: { en: 'alert', es: 'aviso' },
  what: { en: 'what', es: 'qué' },
  told: { en: 'told', es: 'avisado' },
  since: { en: 'since', es: 'desde' },
  until: { en: 'until', es: 'hasta' },
  stillOpen: { en: 'open', es: 'abierto' },
  nobody: { en: 'nobody', es: 'a nadie' },
  waiting: { en: '{channel}: soon', es: '{channel}: en breve' },
  undelivered: { en: '{channel}: not yet', es: '{channel}: aún no' },
  givenUp: { en: '{channel}: never', es: '{channel}: nunca' },
  failedTitle: { en: 'Messages that did not arrive', es: 'Mensajes que no llegaron' },
  triedAgain: {
    en: 'no. {n}, {channel}, tried again at {moment}: {error}',
    es: 'n.º {n}, {channel}, se reintenta a las {moment}: {error}',
  },
  over: { en: 'no. {n}, {channel}, given up: {error}', es: 'n.º {n}, {channel}, abandonado: {error}' },
  sent: { en: '{channel} ({host}): delivered', es: '{channel} ({host}): entregado' },
  off: { en: '{channel}: off, its variable is empty', es: '{channel}: apagado, su variable está vacía' },
} as const satisfies Record<string, Text>
