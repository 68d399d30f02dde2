import type { Text } from '../../model/language.ts'

/** Names of arguments and of the values of options, as help shows them in brackets. */
export const placeholderTexts = {
  channel: { en: 'channel', es: 'canal' },
  code: { en: 'code', es: 'código' },
  day: { en: 'day', es: 'día' },
  file: { en: 'file', es: 'archivo' },
  folder: { en: 'folder', es: 'carpeta' },
  format: { en: 'format', es: 'formato' },
  item: { en: 'item', es: 'lote' },
  items: { en: 'items', es: 'lotes' },
  language: { en: 'language', es: 'idioma' },
  level: { en: 'level', es: 'nivel' },
  month: { en: 'month', es: 'mes' },
  n: { en: 'n', es: 'n' },
  pipeline: { en: 'pipeline', es: 'flujo' },
  pipelines: { en: 'pipelines', es: 'flujos' },
  query: { en: 'query', es: 'consulta' },
  shell: { en: 'shell', es: 'intérprete' },
  state: { en: 'state', es: 'estado' },
  text: { en: 'text', es: 'texto' },
  url: { en: 'url', es: 'url' },
} as const satisfies Record<string, Text>
