import type { Text } from '../../model/language.ts'
import type { CountedText } from '../speaker.ts'

/** What the `rejects` commands say. */
export const rejectsTexts = {
  none: { en: 'No rejects.', es: 'No hay rechazos.' },
  replayed: { en: 'replayed', es: 'repetidos' },
  rulesTitle: { en: 'Broken rules', es: 'Reglas incumplidas' },
  record: { en: 'record {record}, line {line}', es: 'registro {record}, línea {line}' },
  cut: { en: '… ({n} characters more)', es: '… ({n} caracteres más)' },
  shownOf: {
    en: '{shown} of {total} shown; more with --limit.',
    es: 'Se muestran {shown} de {total}; más con --limit.',
  },
  undecodable: {
    en: 'some bytes are no text in the file’s encoding and are shown as \\xNN',
    es: 'hay bytes que no son texto en la codificación del archivo; se muestran como \\xNN',
  },
  exported: {
    en: '{rows} written to {path}.',
    es: '{rows} en {path}.',
  },
  leftOut: { en: '{n} left out: replayed already.', es: '{n} fuera: ya repetidas.' },
  thenReplay: {
    en: 'Mend the columns of the contract there, leave the first ones as they are, then: {command}',
    es: 'Corrija allí las columnas del contrato, deje las primeras como están, y luego: {command}',
  },
  exportHint: { en: 'To mend them: {command}', es: 'Para corregirlas: {command}' },
  noneLeft: {
    en: 'No reject of {item} is left: all were mended and loaded.',
    es: 'No queda ningún rechazo de {item}: todos se corrigieron y cargaron.',
  },
  known: {
    en: 'These very rows were replayed under this contract already ({moment}: {loaded} loaded, {rejected} rejected); nothing was done now.',
    es: 'Estas mismas filas ya se repitieron con este contrato ({moment}: {loaded} cargadas, {rejected} rechazadas); ahora no se hizo nada.',
  },
  fileMissing: {
    en: 'there is no such file; write one with: cauce rejects export',
    es: 'no existe ese archivo; escriba uno con: cauce rejects export',
  },
} as const satisfies Record<string, Text>

export const rejectsCounts = {
  rows: {
    one: { en: '1 rejected row', es: '1 fila rechazada' },
    other: { en: '{n} rejected rows', es: '{n} filas rechazadas' },
  },
} as const satisfies Record<string, CountedText>
