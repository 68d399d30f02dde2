import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { manyReports } from '../examples/visitas/generator/many-reports.ts'
import { writeReports } from '../examples/visitas/generator/write-reports.ts'

/** Files to be loaded and what must come of them. */
export interface BenchData {
  readonly folder: string
  readonly files: number
  readonly rows: number
  readonly rejected: number
}

/** The sizes of the comparison. */
export const SIZES = {
  S: { files: 10, rowsPerFile: 10_000 },
  M: { files: 20, rowsPerFile: 50_000 },
  L: { files: 50, rowsPerFile: 100_000 },
} as const

export type Size = keyof typeof SIZES

export const SMALL_FILES = { files: 1_000, rowsPerFile: 500 } as const

/** A set of our own generator with 5 % dirty rows, made when it is not there. */
export async function ownData(
  home: string,
  name: string,
  { files, rowsPerFile }: { readonly files: number; readonly rowsPerFile: number },
): Promise<BenchData> {
  const folder = join(home, 'own', name)
  const summary = join(folder, 'summary.json')
  if (!existsSync(summary)) {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    const written = await writeReports(
      folder,
      manyReports({ files, rowsPerFile, dirtyShare: 0.05, secondHeader: 'jyv', seed: 1 }),
    )
    await writeFile(summary, JSON.stringify(written))
  }
  const { rows, broken } = JSON.parse(await readFile(summary, 'utf8')) as { rows: number; broken: number }
  return { folder, files, rows, rejected: broken }
}

/** What the peers' generator says of a set it made. */
export async function peersData(folder: string): Promise<BenchData> {
  const expected = JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8')) as {
    files: number
    rows: number
    errores: number
  }
  return { folder, files: expected.files, rows: expected.rows, rejected: expected.errores }
}
