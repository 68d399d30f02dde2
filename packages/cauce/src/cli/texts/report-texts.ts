import type { Text } from '../../model/language.ts'

/** What `report` says on the command line, beside what every report says. */
export const reportTexts = {
  report: {
    en: 'Tell what became of a day or a month: files by state, rows, broken rules, what waits',
    es: 'Contar qué fue de un día o de un mes: archivos por estado, filas, reglas incumplidas, qué espera',
  },
  reportPipeline: { en: 'of this pipeline (default: all)', es: 'de este flujo (por defecto, de todos)' },
  day: {
    en: 'the day, as yyyy-MM-dd, today or yesterday (default: the last on which something happened)',
    es: 'el día, como yyyy-MM-dd, today o yesterday (por defecto, el último en que pasó algo)',
  },
  month: { en: 'the month, as yyyy-MM', es: 'el mes, como yyyy-MM' },
  html: {
    en: 'print one page for a browser or a printer, complete in itself',
    es: 'imprimir una página para el navegador o la impresora, completa en sí misma',
  },
  markdown: { en: 'print Markdown', es: 'imprimir Markdown' },
  examples: {
    en: `Examples: cauce report --day yesterday
          cauce report visitas --month 2026-11
          cauce report --day 2026-11-24 --html > report.html`,
    es: `Ejemplos: cauce report --day yesterday
          cauce report visitas --month 2026-11
          cauce report --day 2026-11-24 --html > reporte.html`,
  },
  notADay: {
    en: 'write a day as 2026-11-24, or today or yesterday',
    es: 'escriba un día como 2026-11-24, o today o yesterday',
  },
  notAMonth: { en: 'write a month as 2026-11', es: 'escriba un mes como 2026-11' },
  oneForm: {
    en: 'Say one of --json, --html and --markdown.',
    es: 'Diga solo uno de --json, --html y --markdown.',
  },
  oneTime: { en: 'Say --day or --month, not both.', es: 'Diga --day o --month, no ambos.' },
  lookAt: {
    en: 'What to do about each: {command}',
    es: 'Qué hacer con cada uno: {command}',
  },
  archiveGone: { en: 'it is no longer there', es: 'ya no está ahí' },
} as const satisfies Record<string, Text>
