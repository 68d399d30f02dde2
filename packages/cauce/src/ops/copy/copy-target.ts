import { CauceError } from '../../model/cauce-error.ts'
import type { CopySource } from './copy-source.ts'

/** A destination and the table in it. */
export interface CopyTarget {
  readonly into: string
  readonly table: string
}

/**
 * Reads where to copy to: `duckdb:./file.duckdb#table`, `mysql://…/db#table`, `postgres://…/db#schema.table`. Without a table it is
 * called as the file, or as the folder of several.
 * @throws {CauceError} CONFIG_INVALID
 */
export function copyTarget(to: string, source: CopySource): CopyTarget {
  const at = to.indexOf('#')
  const into = at < 0 ? to : to.slice(0, at)
  const named = at < 0 ? '' : decodeURIComponent(to.slice(at + 1))
  if (!/^[a-z][a-z0-9+.-]+:/i.test(into))
    throw new CauceError('CONFIG_INVALID', {
      where: 'copy',
      detail: `"${into}" is no destination; write duckdb:./file.duckdb#table, mysql://…/database#table or postgres://…/database#table`,
      detalle: `«${into}» no es un destino; escriba duckdb:./archivo.duckdb#tabla, mysql://…/base#tabla o postgres://…/base#tabla`,
    })
  if (named === '') return { into, table: tableNameOf(source) }
  const dot = named.indexOf('.')
  if (dot < 0 || !/^postgres(?:ql)?:/i.test(into)) return { into, table: named }
  const schema = `schema=${encodeURIComponent(named.slice(0, dot))}`
  return { into: `${into}${into.includes('?') ? '&' : '?'}${schema}`, table: named.slice(dot + 1) }
}

/** The file's name without its endings, else the innermost folder's. */
function tableNameOf({ location, pattern }: CopySource): string {
  const file = /[*?[{]/.test(pattern.replaceAll(/\\./g, '')) ? undefined : pattern.replaceAll('\\', '')
  const folders = (location.split('?')[0] ?? '').split('/').filter((part) => part !== '' && part !== '.')
  const stem = (file ?? folders.at(-1) ?? '').replace(/(?:\.[A-Za-z0-9]+)+$/, '')
  const name = stem
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_]+/gu, '_')
    .replaceAll(/^_+|_+$/g, '')
  if (name === '')
    throw new CauceError('CONFIG_INVALID', {
      where: 'copy',
      detail: 'the table has no name; write it behind the destination, as in duckdb:./file.duckdb#table',
      detalle: 'la tabla no tiene nombre; escríbalo tras el destino, como en duckdb:./archivo.duckdb#tabla',
    })
  return /^\p{N}/u.test(name) ? `_${name}` : name
}
