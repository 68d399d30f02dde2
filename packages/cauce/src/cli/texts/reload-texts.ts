import type { Text } from '../../model/language.ts'

/** What `reload` says. */
export const reloadTexts = {
  help: {
    en: 'Load loaded items anew, in the place of what they loaded',
    es: 'Cargar de nuevo lotes cargados, en lugar de lo que cargaron',
  },
  items: {
    en: 'loaded items, by key (the newest version) or number',
    es: 'lotes cargados, por clave (la versión más reciente) o número',
  },
  reloaded: {
    en: '{key}: pending as item {id}; whoever takes it replaces what is loaded.',
    es: '{key}: pendiente como lote {id}; quien lo tome reemplaza lo cargado.',
  },
  notReloaded: {
    en: '{key}: is {state}; only loaded items are reloaded, one reload at a time. One that failed: cauce retry',
    es: '{key}: está {state}; solo se recargan lotes cargados, una recarga a la vez. Una que falló: cauce retry',
  },
  isReplay: {
    en: '{key}: is a replay of rejects; send the rows again with cauce rejects replay.',
    es: '{key}: es una repetición de rechazos; envíe las filas de nuevo con cauce rejects replay.',
  },
} as const satisfies Record<string, Text>
