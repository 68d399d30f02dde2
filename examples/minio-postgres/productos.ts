/*
 * Product lists that shops put into a bucket, in whatever format each of them has, into one table of PostgreSQL.
 *
 * Looked for every minute, loaded every five; `cauce trigger productos` does it at once. A list that changes takes the place of its
 * old rows. Without any variable set it runs on the sample files beside it, into a DuckDB file.
 */
import {
  address,
  anyFormat,
  append,
  contract,
  csv,
  date,
  decimal,
  env,
  every,
  files,
  firstOf,
  integer,
  loadReport,
  pipeline,
  rejects,
  secret,
  text,
  valid,
} from 'cauce'

export const producto = contract('producto', {
  sku: text().trim().length({ min: 1, max: 20 }).unique(),
  nombre: text().trim().length({ min: 1, max: 200 }).from('nombre', ['producto']),
  categoria: text().trim().nullable().from('categoria', ['Categoría']),
  precio: decimal(12, 2).min(0),
  existencias: integer().min(0),
  actualizado: date('yyyy-MM-dd'),
})

export default pipeline('productos', {
  // The team's own names: one address, or a bucket (with MINIO_ENDPOINT, MINIO_ACCESS_KEY and MINIO_SECRET_KEY), or the samples.
  from: files(
    firstOf(env('ORIGEN'), address`s3://${env('BUCKET')}/`, './entrada'),
    '**/*.{csv,json,ndjson,parquet,xlsx}',
  ),
  read: anyFormat({ csv: csv({ nulls: [''], layout: 'name' }) }),
  contract: producto,
  tables: {
    productos: append(valid),
    rechazos: append(rejects),
  },
  into: firstOf(
    env('DESTINO'),
    address`postgres://${env('DATABASE_USER')}:${secret('DATABASE_PASSWORD')}@${env('DATABASE_HOST')}:${env('DATABASE_PORT', '5432')}/${env('DATABASE_NAME')}?schema=${env('DATABASE_SCHEMA', 'public')}`,
    'duckdb:./productos.duckdb',
  ),
  report: loadReport('cargas', {
    file_path: 'item',
    sha256: 'sha256',
    status: 'state',
    retries: 'attempts',
    leidos: 'read',
    cargados: 'loaded',
    rechazados: 'rejected',
    created_at: 'started_at',
    updated_at: 'finished_at',
    mensaje: 'message',
  }),
  versions: 'replace',
  discover: every('60s'),
  dispatch: every('5m'),
  tags: ['productos'],
})
