import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { manyReports } from './generator/many-reports.ts'
import { SAMPLES } from './generator/samples.ts'
import { writeReports } from './generator/write-reports.ts'

/*
 * Makes report files like the real ones, about invented people:
 *
 *   node generate.ts                                                    the samples in ./entrada
 *   node generate.ts --out DIR --files 50 --rows 100000 --dirty 0.05    a big set, always the same for the same --seed
 */

const SAMPLE_FOLDER = fileURLToPath(new URL('./entrada', import.meta.url))

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      files: { type: 'string', default: '10' },
      rows: { type: 'string', default: '10000' },
      dirty: { type: 'string', default: '0' },
      header: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  })
  const written =
    values.out === undefined
      ? await writeReports(SAMPLE_FOLDER, SAMPLES)
      : await writeReports(
          values.out,
          manyReports({
            files: wholeNumber('files', values.files),
            rowsPerFile: wholeNumber('rows', values.rows),
            dirtyShare: share('dirty', values.dirty),
            secondHeader: values.header,
            seed: wholeNumber('seed', values.seed),
          }),
        )
  process.stdout.write(`${JSON.stringify(written)}\n`)
}

function wholeNumber(option: string, text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text)
  throw new Error(`--${option} ${text}: write a whole number`)
}

function share(option: string, text: string): number {
  const value = Number(text)
  if (text !== '' && value >= 0 && value <= 1) return value
  throw new Error(`--${option} ${text}: write a number from 0 to 1`)
}

// Whoever reads the folder's declarations imports this file too; then it does nothing.
if (import.meta.main) await main()
