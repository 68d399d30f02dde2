import type { Text } from '../../model/language.ts'
import type { CountedText } from '../speaker.ts'

/** What `copy` says. */
export const copyTexts = {
  copy: {
    en: 'Copy files into a table, without a project: each version once, every row accounted for',
    es: 'Copiar archivos a una tabla, sin proyecto: cada versión una vez, cada fila con su cuenta',
  },
  from: {
    en: 'a file, a folder or a pattern: ./a.csv, sftp://user@host/folder/, "s3://bucket/x/*.csv"',
    es: 'un archivo, una carpeta o un patrón: ./a.csv, sftp://usuario@servidor/carpeta/, "s3://bucket/x/*.csv"',
  },
  to: {
    en: 'a destination and its table: duckdb:./x.duckdb#table, mysql://…/database#table, postgres://…/database#schema.table',
    es: 'un destino y su tabla: duckdb:./x.duckdb#tabla, mysql://…/base#tabla, postgres://…/base#esquema.tabla',
  },
  mode: {
    en: 'how rows meet those that are there: added (a changed file takes the place of its old rows), instead of all of them, or merged by key',
    es: 'cómo se juntan con las que hay: añadidas (un archivo que cambia sustituye sus filas), en lugar de todas, o mezcladas por clave',
  },
  key: {
    en: 'columns of the key, for upsert: id or id,date',
    es: 'columnas de la clave, para upsert: id o id,fecha',
  },
  contract: {
    en: 'file that exports a contract, as file.ts or file.ts#name (default: the types each file turns out to have)',
    es: 'archivo que exporta un contrato, como archivo.ts o archivo.ts#nombre (por defecto, los tipos que resulte tener cada archivo)',
  },
  dryRun: { en: 'show what would be copied and copy nothing', es: 'mostrar qué se copiaría sin copiar nada' },
  examples: {
    en: `Examples:
  cauce copy ./sales.csv duckdb:./sales.duckdb#sales
  cauce copy 's3://bucket/in/*.csv' 'postgres://user@host/db#staging.sales'
  cauce copy ./people/ mysql://user@host/db#people --mode upsert --key id --contract people.ts`,
    es: `Ejemplos:
  cauce copy ./ventas.csv duckdb:./ventas.duckdb#ventas
  cauce copy 's3://bucket/entrada/*.csv' 'postgres://usuario@servidor/base#paso.ventas'
  cauce copy ./personas/ mysql://usuario@servidor/base#personas --mode upsert --key id --contract personas.ts`,
  },
  fromTitle: { en: 'from', es: 'de' },
  intoTitle: { en: 'into', es: 'a' },
  columnsTitle: { en: 'columns', es: 'columnas' },
  ownTypes: {
    en: 'those of each file, in the types all its rows have',
    es: 'las de cada archivo, con los tipos que tengan todas sus filas',
  },
  filesTitle: { en: 'files', es: 'archivos' },
} as const satisfies Record<string, Text>

export const copyCounts = {
  files: { one: { en: '1 file', es: '1 archivo' }, other: { en: '{n} files', es: '{n} archivos' } },
} as const satisfies Record<string, CountedText>
