export { type Channel, mail, slack, teams, webhook } from './pipeline/alert-channels.ts'
export {
  type Alert,
  alert,
  type AlertRule,
  diskShort,
  lateStart,
  noFiles,
  notFinishedBy,
  onFailure,
  onQuarantine,
  rejectRate,
} from './pipeline/alerts.ts'
export { anyName, Column } from './pipeline/column.ts'
export {
  boolean,
  date,
  decimal,
  double,
  email,
  integer,
  ip,
  json,
  oneOf,
  text,
  time,
  timestamp,
  url,
  uuid,
} from './pipeline/columns.ts'
export { check, contract, type Contract, type Row } from './pipeline/contract.ts'
export { csv, type CsvOptions } from './pipeline/csv.ts'
export { anyFormat, type AnyFormatOptions } from './pipeline/any-format.ts'
export { jsonDocument, type JsonOptions, ndjson } from './pipeline/json-formats.ts'
export { parquet, type ParquetOptions } from './pipeline/parquet.ts'
export { xlsx, type XlsxOptions } from './pipeline/xlsx.ts'
export type { ReadOptions } from './pipeline/read-options.ts'
export { files } from './pipeline/files.ts'
export { pipeline, type Pipeline } from './pipeline/pipeline.ts'
export { project, type Project } from './pipeline/project.ts'
export { reference } from './pipeline/reference.ts'
export { loadReport } from './pipeline/report.ts'
export { after, cron, every, manual } from './pipeline/schedule.ts'
export { address, env, firstOf, secret } from './pipeline/setting.ts'
export { item, name, referenceDate, sql } from './pipeline/sql.ts'
export { append, first, last, rejects, replace, restarting, upsert, valid } from './pipeline/tables.ts'
export { run, type RunOptions } from './ops/run.ts'
export type { RunDocument } from './ops/run-document.ts'
