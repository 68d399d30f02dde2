import {
  append,
  contract,
  csv,
  env,
  files,
  integer,
  item,
  loadReport,
  pipeline,
  reference,
  referenceDate,
  rejects,
  restarting,
  sql,
  text,
  timestamp,
  upsert,
} from 'cauce'

/*
 * The web-visits job as others run it too, with the rules and tables of that comparison rather than of our example: any
 * text counts as written, `-` is a missing date, a visit is dated by Fecha open, else by Fecha envio, and the tables are
 * there before we come.
 */

const fecha = (code: string) => timestamp('dd/MM/yyyy HH:mm').code(code)
const contador = () =>
  integer()
    .nulls()
    .pattern(/^[0-9]{1,9}$/)
    .code('NUMERO')
const tal_cual = () => text().nulls()

const visita = contract('visita', {
  email: text()
    .nulls()
    .pattern(/^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)*[.][A-Za-z]{2,}$/)
    .code('EMAIL'),
  jyv: tal_cual(),
  badmail: tal_cual().from('Badmail'),
  baja: tal_cual().from('Baja'),
  fecha_envio: fecha('FECHA_ENVIO').nulls().from('Fecha envio'),
  fecha_open: fecha('FECHA_OPEN').nullable().nulls('-').from('Fecha open'),
  opens: contador().from('Opens'),
  opens_virales: contador().from('Opens virales'),
  fecha_click: fecha('FECHA_CLICK').nullable().nulls('-').from('Fecha click'),
  clicks: contador().from('Clicks'),
  clicks_virales: contador().from('Clicks virales'),
  links: tal_cual().from('Links'),
  ips: tal_cual().from('IPs'),
  navegadores: tal_cual().from('Navegadores'),
  plataformas: tal_cual().from('Plataformas'),
})

/** The comparison's own names for rows of the wrong width, and its own order of codes. */
const motivo = sql`CASE WHEN codes[1] LIKE 'row:%' THEN 'LAYOUT' ELSE array_to_string(list_filter(
  ['EMAIL', 'FECHA_ENVIO', 'FECHA_OPEN', 'FECHA_CLICK', 'NUMERO'], lambda code: list_contains(codes, code)), '|') END`

const visitantes = sql`
  SELECT email,
    min(coalesce(fecha_open, fecha_envio)) AS primera_visita,
    max(coalesce(fecha_open, fecha_envio)) AS ultima_visita,
    count(*) AS visitas_totales,
    count(*) FILTER (WHERE year(coalesce(fecha_open, fecha_envio)) = year(${referenceDate})) AS visitas_anio,
    count(*) FILTER (WHERE date_trunc('month', coalesce(fecha_open, fecha_envio)) = date_trunc('month', ${referenceDate})) AS visitas_mes
  FROM valid GROUP BY email`

const dated = ['fecha_open', 'fecha_envio'] as const

export const j1 = pipeline('j1', {
  from: files(env('BENCH_IN'), '*.txt'),
  read: csv({ encoding: 'utf-8', delimiter: ',', quote: '"', nulls: [], layout: 'position' }),
  contract: visita,
  tables: {
    errores: append(rejects, {
      columns: { archivo: 'file', linea: 'record', motivo, fila_original: 'raw' },
    }),
    estadisticas: append(sql`SELECT * EXCLUDE (_record), ${item.file} AS archivo FROM valid`, {
      technicalColumns: false,
    }),
    visitantes: upsert({
      key: 'email',
      from: visitantes,
      merge: {
        primera_visita: 'min',
        ultima_visita: 'max',
        visitas_totales: 'sum',
        visitas_anio: restarting('year', dated),
        visitas_mes: restarting('month', dated),
      },
      detail: 'estadisticas',
    }),
  },
  into: env('BENCH_INTO'),
  report: loadReport('bitacora', {
    archivo: 'file',
    filas: 'read',
    validas: 'loaded',
    errores: 'rejected',
    estado: 'state',
  }),
  states: { ready: 'COMPLETADO', ready_with_rejects: 'COMPLETADO_CON_ERRORES' },
  reference: reference({ timezone: 'UTC', override: env('BENCH_TODAY', '') }),
})
