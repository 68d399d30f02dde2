import { openDeclaredSource } from '../../connectors/open-declared-source.ts'
import { displayLocation } from '../display-location.ts'
import type { LoadedProject } from '../load-project.ts'
import { readyPipeline } from '../ready-pipeline.ts'

/** What a copy would do. */
export interface CopyPreview {
  readonly pipeline: string
  readonly from: string
  readonly pattern: string
  readonly into: string
  readonly table: string
  readonly mode: string
  /** The contract's columns; null: each file's own, found by reading all of it. */
  readonly columns: readonly string[] | null
  readonly files: number
  readonly bytes: number
  /** The first of them. */
  readonly keys: readonly string[]
}

const SHOWN = 20

/**
 * Lists what a copy would read. Nothing is read or written.
 * @throws {CauceError} DECLARATION_INVALID, CONFIG_INVALID, SOURCE_UNREACHABLE, SOURCE_ACCESS
 */
export async function previewCopy(project: LoadedProject, signal: AbortSignal): Promise<CopyPreview> {
  const [first] = project.pipelines
  if (first === undefined) throw new TypeError('a copy has a pipeline')
  const { name, plan, settings } = readyPipeline(project, first)
  const [table] = plan.tables
  const keys: string[] = []
  let files = 0
  let bytes = 0
  const source = await openDeclaredSource(settings)
  try {
    for await (const page of source.listPages(plan.source.pattern, signal))
      for (const { key, sizeBytes } of page) {
        files++
        bytes += sizeBytes
        if (keys.length < SHOWN) keys.push(key)
      }
  } finally {
    await source.close()
  }
  return {
    pipeline: name,
    from: displayLocation(settings.sourceUrl),
    pattern: plan.source.pattern,
    into: displayLocation(settings.destinationUrl),
    table: table?.name ?? '',
    mode: table?.mode ?? '',
    columns: plan.contract.derived === true ? null : plan.contract.columns.map((column) => column.name),
    files,
    bytes,
    keys,
  }
}
