import { rmSync } from 'node:fs'
import { manyReports } from '../../examples/visitas/generator/many-reports.ts'
import { writeReports } from '../../examples/visitas/generator/write-reports.ts'
import type { VisitsRun } from '../visits/visits-run.ts'

/** Puts generated reports, all of a sound layout, in the place of a visit's samples. One row in twenty is to be rejected. */
export async function useReports(
  visit: VisitsRun,
  set: { readonly files: number; readonly rowsPerFile: number },
): Promise<void> {
  rmSync(visit.source, { recursive: true })
  await writeReports(
    visit.source,
    manyReports({ ...set, dirtyShare: 0.05, secondHeader: undefined, seed: 7 }),
  )
  visit.settle()
}
