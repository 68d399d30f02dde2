import {
  append,
  boolean,
  contract,
  csv,
  decimal,
  double,
  files,
  first,
  integer,
  item,
  last,
  loadReport,
  pipeline,
  referenceDate,
  rejects,
  restarting,
  sql,
  text,
  timestamp,
  upsert,
  valid,
} from '../../packages/cauce/src/index.ts'
import type { Plan } from '../../packages/cauce/src/model/plan.ts'
import { checkPlan } from '../../packages/cauce/src/plan/check-plan.ts'
import { compilePlan } from '../../packages/cauce/src/plan/compile-plan.ts'

const cuenta = contract('cuenta', {
  email: text(),
  fecha: timestamp(),
  opens: integer().nullable(),
  importe: decimal(12, 2).nullable(),
  peso: double().nullable(),
  activo: boolean().nullable(),
  nota: text().nullable(),
})

const inMonth = sql`date_trunc('month', fecha) = date_trunc('month', ${referenceDate})`

/** A pipeline with every kind of table and of merge that does not depend on the order of loads. */
export function accountsPlan(
  options: { readonly versions?: 'refuse' | 'replace'; readonly duplicates?: 'refuse' | 'load' } = {},
): Plan {
  const plan = compilePlan(
    pipeline('cuentas', {
      from: files('./entrada'),
      read: csv({ delimiter: ';', nulls: [''] }),
      contract: cuenta,
      tables: {
        detalle: append(valid),
        errores: append(rejects, {
          columns: { archivo: 'file', registro: 'record', motivo: 'rules', fila: 'raw', carga: 'load_key' },
        }),
        resumen: append(sql`SELECT email, count(*) AS filas FROM valid GROUP BY email`),
        // Its key is no column of the detail table, and days are counted file by file: over all rows at once it would be another number.
        personas: upsert({
          key: 'persona',
          from: sql`SELECT lower(trim(email)) AS persona, min(fecha) AS primera, max(fecha) AS ultima, sum(opens) AS opens,
            sum(importe) AS importe, sum(peso) AS peso, count(*) AS filas, count(DISTINCT CAST(fecha AS DATE)) AS dias,
            count(*) FILTER (${inMonth}) AS mes, max(nota) AS nota_mayor, arg_max(nota, (fecha, _record)) AS ultima_nota,
            ${item.file} AS primer_archivo, bool_or(activo) AS activo FROM valid GROUP BY ALL`,
          merge: {
            primera: 'min',
            ultima: 'max',
            opens: 'sum',
            importe: 'sum',
            peso: 'sum',
            filas: 'sum',
            dias: 'sum',
            mes: restarting('month', 'fecha'),
            nota_mayor: 'max',
            ultima_nota: last('ultima'),
            primer_archivo: first('primera'),
            activo: last('ultima'),
          },
          detail: 'detalle',
        }),
        por_email: upsert({
          key: 'email',
          from: valid,
          merge: { fecha: 'max', opens: 'sum', importe: 'min', nota: last('fecha'), activo: first('fecha') },
          detail: 'detalle',
        }),
      },
      into: 'duckdb:./cuentas.duckdb',
      report: loadReport('bitacora', {
        archivo: 'item',
        sha256: 'sha256',
        leidos: 'read',
        validos: 'loaded',
        rechazados: 'rejected',
        estado: 'state',
      }),
      states: { superseded: 'REEMPLAZADO', ready: 'COMPLETADO', ready_with_rejects: 'CON_ERRORES' },
      ...options,
    }),
  )
  const issues = checkPlan(plan)
  if (issues.length > 0) throw new TypeError(JSON.stringify(issues))
  return plan
}

/** What the tables hold but for what tells loads apart. */
export const COMPARED: Readonly<Record<string, readonly string[]>> = {
  detalle: ['email', 'fecha', 'opens', 'importe', 'peso', 'activo', 'nota', '_cauce_record'],
  errores: ['archivo', 'registro', 'motivo', 'fila'],
  resumen: ['email', 'filas'],
  personas: [
    'persona',
    'primera',
    'ultima',
    'opens',
    'importe',
    'peso',
    'filas',
    'dias',
    'mes',
    'nota_mayor',
    'ultima_nota',
    'primer_archivo',
    'activo',
    '_cauce_by_ultima_nota',
    '_cauce_item_primer_archivo',
  ],
  por_email: ['email', 'fecha', 'opens', 'importe', 'nota', 'activo', '_cauce_item_nota'],
}

/** A row of a file; `opens` that is no number makes it a reject. */
export interface Account {
  readonly email: string
  readonly fecha: string
  readonly opens: string
  readonly importe: string
  readonly peso: string
  readonly activo: string
  readonly nota: string
}

export function fileOf(rows: readonly Account[]): string {
  const lines = rows.map(({ email, fecha, opens, importe, peso, activo, nota }) =>
    [email, fecha, opens, importe, peso, activo, nota]
      .map((value) => `"${value.replaceAll('"', '""')}"`)
      .join(';'),
  )
  return ['email;fecha;opens;importe;peso;activo;nota', ...lines, ''].join('\n')
}
