import {
  anyName,
  append,
  check,
  contract,
  cron,
  csv,
  email,
  env,
  files,
  integer,
  loadReport,
  name,
  oneOf,
  pipeline,
  reference,
  referenceDate,
  rejects,
  restarting,
  sql,
  text,
  timestamp,
  upsert,
  valid,
} from 'cauce'

/*
 * Web visits: files `report_*.txt` from a folder or an SFTP server into MySQL, MariaDB or a DuckDB file.
 *
 * What counts as a visit is a decision, so it stands here in the open. By default a visit is a valid row, dated by `Fecha
 * envio`, the only date that is never empty; `fecha_open` or `fecha_click` date it otherwise (rows without that date are then
 * no visits), and `opens` or `clicks` can be counted instead of rows.
 */
const VISITA = { fecha: name('fecha_envio'), cuenta: sql`1` }

/** Counters of the current year and month are relative to the day of the run here, unless VISITAS_FECHA_REFERENCIA says another. */
const ZONA = 'America/Mexico_City'

const fecha = () => timestamp('dd/MM/yyyy HH:mm')
const contador = () => integer().min(0)
const lista = () => text().nullable()

/** The fifteen columns of a report, in the order of the file. `-` and nothing both mean "no value". */
export const registro = contract(
  'registro',
  {
    email: email({ blanksAround: true }),
    jyv: text().nullable().from(anyName('jyv')),
    badmail: oneOf('HARD', 'SOFT').nullable().warn().from('Badmail'),
    baja: oneOf('SI').nullable().warn().from('Baja'),
    fecha_envio: fecha().from('Fecha envio'),
    fecha_open: fecha().nullable().from('Fecha open'),
    opens: contador().from('Opens'),
    opens_virales: contador().from('Opens virales'),
    fecha_click: fecha().nullable().from('Fecha click'),
    clicks: contador().from('Clicks'),
    clicks_virales: contador().from('Clicks virales'),
    links: lista().from('Links'),
    ips: lista().from('IPs'),
    navegadores: lista().from('Navegadores'),
    plataformas: lista().from('Plataformas'),
  },
  {
    checks: [
      check('open_antes_de_envio', sql`fecha_open IS NULL OR fecha_open >= fecha_envio`, {
        level: 'warning',
      }),
      check('click_sin_open', sql`fecha_click IS NULL OR fecha_open IS NOT NULL`, { level: 'warning' }),
      check('clicks_sin_fecha', sql`clicks = 0 OR fecha_click IS NOT NULL`, { level: 'warning' }),
      check('virales_de_mas', sql`opens_virales <= opens AND clicks_virales <= clicks`, { level: 'warning' }),
    ],
    repeatedRows: 'warning',
  },
)

/** One row per visitor, from the rows of one file, or of the whole of `estadisticas` when the year or the month turns. */
const porVisitante = sql`
  SELECT lower(trim(email)) AS email,
    min(${VISITA.fecha}) AS fechaPrimeraVisita,
    max(${VISITA.fecha}) AS fechaUltimaVisita,
    sum(${VISITA.cuenta}) AS visitasTotales,
    coalesce(sum(${VISITA.cuenta}) FILTER (WHERE year(${VISITA.fecha}) = year(${referenceDate})), 0) AS visitasAnioActual,
    coalesce(sum(${VISITA.cuenta}) FILTER (
      WHERE date_trunc('month', ${VISITA.fecha}) = date_trunc('month', ${referenceDate})
    ), 0) AS visitasMesActual
  FROM valid
  WHERE ${VISITA.fecha} IS NOT NULL
  GROUP BY lower(trim(email))`

export default pipeline('visitas', {
  from: files(env('VISITAS_ORIGEN', './entrada'), 'report_*.txt'),
  read: csv({ nulls: ['', '-'], layout: 'position' }),
  contract: registro,
  tables: {
    errores: append(rejects, {
      columns: {
        archivo: 'file',
        linea: 'line',
        registro: 'record',
        motivo: 'rules',
        fila_original: 'raw',
        carga: 'load_key',
      },
    }),
    estadisticas: append(valid),
    visitantes: upsert({
      key: 'email',
      from: porVisitante,
      merge: {
        fechaPrimeraVisita: 'min',
        fechaUltimaVisita: 'max',
        visitasTotales: 'sum',
        visitasAnioActual: restarting('year', VISITA.fecha.name),
        visitasMesActual: restarting('month', VISITA.fecha.name),
      },
      detail: 'estadisticas',
    }),
  },
  into: env('VISITAS_DESTINO', 'duckdb:./visitas.duckdb'),
  report: loadReport(
    'bitacora_control',
    {
      archivo: 'item',
      sha256: 'sha256',
      bytes: 'bytes',
      leidos: 'read',
      validos: 'loaded',
      rechazados: 'rejected',
      omitidos: 'skipped',
      avisos: 'warnings',
      estado: 'state',
      intentos: 'attempts',
      inicio: 'started_at',
      fin: 'finished_at',
      respaldo: 'backup',
      borrado_en: 'source_deleted_at',
      mensaje: 'message',
      corrida: 'run',
    },
    { language: 'es' },
  ),
  states: {
    ready: 'COMPLETADO',
    ready_with_rejects: 'COMPLETADO_CON_ERRORES',
    failed_layout: 'FALLO_LAYOUT',
    failed_system: 'FALLO_SISTEMA',
    duplicate: 'DUPLICADO',
    refused: 'RECHAZADO',
  },
  versions: 'refuse',
  reference: reference({ timezone: ZONA, override: env('VISITAS_FECHA_REFERENCIA', '') }),
  archive: { backup: env('VISITAS_RESPALDO', './backup'), deleteSource: env('VISITAS_BORRAR_ORIGEN', 'no') },
  // Every night at two; `cauce up` keeps watch, `cauce run` does it at once.
  schedule: cron('0 2 * * *', { timezone: ZONA }),
  limits: { connections: { source: 4, destination: 8 } },
  retry: { attempts: env('VISITAS_INTENTOS', '3'), delay: env('VISITAS_ESPERA', '10s'), days: 2 },
  tags: ['visitas', 'nocturno'],
})
