import { copyFileSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sound } from '../faults/on-each-destination.ts'
import { VisitsRun } from '../visits/visits-run.ts'

const project = fileURLToPath(new URL('../visits/projects/replace', import.meta.url))

/** The visits on the samples without the one whose layout is wrong, new versions of a report taking the place of old ones. */
export function replacingVisits(destination: string | undefined): VisitsRun {
  return sound(new VisitsRun({ project, ...(destination === undefined ? {} : { destination }) }))
}

/** The report that is replaced: it has rejects, and visitors whom others have too. */
export const REPORT = 'report_3.txt'

/** Puts another version of the report in its place: rows of another one, under its own header, and its first rows no more. */
export function overwrite(visit: VisitsRun): void {
  const path = join(visit.source, REPORT)
  const [header = '', ...own] = lines(path)
  const [, ...others] = lines(join(visit.source, 'report_2.txt'))
  writeFileSync(path, [header, ...own.slice(100), ...others.slice(0, 150), ''].join('\n'), 'latin1')
  utimesSync(path, 1_100_000_000, 1_100_000_000)
}

/** Puts the report as it was in its place, as a file of its own time. */
export function restore(visit: VisitsRun, from: string): void {
  const path = join(visit.source, REPORT)
  copyFileSync(from, path)
  utimesSync(path, 1_200_000_000, 1_200_000_000)
}

function lines(path: string): readonly string[] {
  return readFileSync(path, 'latin1').trimEnd().split('\n')
}
