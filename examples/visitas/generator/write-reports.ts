import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { reportLines, type ReportForm } from './report-lines.ts'

/** What was written, for those who check what became of it. */
export interface Written {
  readonly files: number
  readonly rows: number
  readonly broken: number
  readonly bytes: number
}

/** Writes reports as `report_1.txt`, `report_2.txt` … into a folder, making it when needed; files there are replaced. */
export async function writeReports(folder: string, forms: Iterable<ReportForm>): Promise<Written> {
  await mkdir(folder, { recursive: true })
  let [files, rows, broken, bytes] = [0, 0, 0, 0]
  for (const form of forms) {
    files += 1
    rows += form.rows
    const file = await open(join(folder, `report_${files}.txt`), 'w')
    try {
      for (const chunk of reportLines(form)) {
        bytes += (await file.write(chunk.text)).bytesWritten
        broken += chunk.broken
      }
    } finally {
      await file.close()
    }
  }
  return { files, rows, broken, bytes }
}
