import {
  anyName,
  append,
  check,
  contract,
  csv,
  email,
  env,
  files,
  integer,
  loadReport,
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
 * Web visits, every night: files `report_*.txt` from a folder or an SFTP server into MySQL, or into a DuckDB file.
 *
 * What counts as a visit is a decision, so it stands here in the open:
 *   fecha   which of the three dates dates a visit: 'fecha_envio' (never empty), 'fecha_open' or 'fecha_click'
 *   cuenta  what is counted: '1' (the row), 'opens' or 'clicks'
 */
const visita = { fecha: 'fecha_envio', cuenta: '1' } as const

const fecha = () => timestamp('dd/MM/yyyy HH:mm')
const contador = () => integer().min(0)
const lista = () => text().nullable()

/** The fifteen columns of a report, in the order of the file. `-` and nothing both mean "no value". */
export const registro = contract(
  'registro',
  {
    email: email().trim(),
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
      check('open_antes_de_envio', sql`fecha_open IS NULL OR fecha_open >= fecha_envio`, { level: 'warning' }),
      check('click_sin_open', sql`fecha_click IS NULL OR fecha_open IS NOT NULL`, { level: 'warning' }),
      check('clicks_sin_fecha', sql`clicks = 0 OR fecha_click IS NOT NULL`, { level: 'warning' }),
      check('virales_de_mas', sql`opens_virales <= opens AND clicks_virales <= clicks`, { level: 'warning' }),
    ],
    repeatedRows: 'warning',
  },
)
