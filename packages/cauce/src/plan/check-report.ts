import type { Plan } from '../model/plan.ts'
import { checkColumnNames } from './check-tables.ts'
import { issue, type Issue } from './issue.ts'

/** What is wrong with the load report. */
export function checkReport({ report, tables }: Plan): readonly Issue[] {
  if (report === undefined) return []
  const fields = Object.values(report.columns)
  return [
    ...checkReportName(
      report.table,
      tables.map(({ name }) => name),
    ),
    ...checkColumnNames('report.columns', Object.keys(report.columns)),
    ...(fields.includes('item') || fields.includes('file')
      ? []
      : [
          issue(
            'report.columns',
            "needs a column that holds 'item', by which its rows are told apart; add one",
            "necesita una columna con 'item', que distingue sus filas; añada una",
          ),
        ]),
  ]
}

function checkReportName(name: string, tables: readonly string[]): readonly Issue[] {
  if (name.trim() === '')
    return [issue('report.table', 'has no name; write one', 'no tiene nombre; escriba uno')]
  if (/^cauce_/i.test(name))
    return [
      issue(
        'report.table',
        'tables that begin with cauce_ are ours; take another name',
        'las tablas que empiezan por cauce_ son nuestras; tome otro nombre',
      ),
    ]
  if (tables.some((table) => table.toLowerCase() === name.toLowerCase()))
    return [
      issue(
        'report.table',
        `"${name}" is a table of the pipeline; the report needs one of its own`,
        `"${name}" es una tabla del flujo; el reporte necesita una propia`,
      ),
    ]
  return []
}
