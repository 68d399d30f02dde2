import { CauceError } from '../../model/cauce-error.ts'
import { sha256Hex } from '../../model/load-key.ts'
import type { Contract } from '../../pipeline/contract.ts'
import { files } from '../../pipeline/files.ts'
import { pipeline } from '../../pipeline/pipeline.ts'
import { project } from '../../pipeline/project.ts'
import { env } from '../../pipeline/setting.ts'
import { append, replace, type Table, upsert, valid } from '../../pipeline/tables.ts'
import { displayLocation } from '../display-location.ts'
import { adoptProject, type LoadedProject, type ProjectRequest } from '../load-project.ts'
import type { CopyMode } from './copy-modes.ts'
import { copySource } from './copy-source.ts'
import { copyTarget } from './copy-target.ts'
import { loadContract } from './load-contract.ts'

export interface CopyRequest extends Omit<ProjectRequest, 'folder'> {
  readonly from: string
  readonly to: string
  readonly mode: CopyMode
  /** Columns of the key, for `upsert`. */
  readonly key: readonly string[]
  /** `file.ts` or `file.ts#name`; undefined: each file's own types. */
  readonly contract: string | undefined
}

/** Addresses may hold passwords: the plan, which is kept, knows only by what name they were given. */
const FROM = 'CAUCE_COPY_FROM'
const TO = 'CAUCE_COPY_TO'

/**
 * A project of one pipeline that copies files into a table. Copying the same from and to again is the same pipeline: what was loaded
 * is not loaded twice; a changed file takes the place of its old rows where rows are appended.
 * @throws {CauceError} CONFIG_INVALID
 */
export async function copyProject(request: CopyRequest): Promise<LoadedProject> {
  const { from, to, environment, currentFolder } = request
  const source = await copySource(from, currentFolder)
  const { into, table } = copyTarget(to, source)
  const contract =
    request.contract === undefined ? undefined : await loadContract(request.contract, currentFolder)
  const identity = [displayLocation(source.location), source.pattern, displayLocation(into), table]
  const name = `copy_${table.replaceAll(/[^\p{L}\p{N}_-]/gu, '_').slice(0, 60)}_${sha256Hex(JSON.stringify(identity)).slice(0, 8)}`
  const declared = pipeline(name, {
    from: files(env(FROM), source.pattern),
    ...(contract !== undefined && { contract }),
    tables: { [table]: tableOf(request, contract) },
    into: env(TO),
    versions: request.mode === 'append' ? 'replace' : 'refuse',
    duplicates: 'load',
  })
  return adoptProject(project({ pipelines: [declared] }), {
    ...request,
    folder: '.',
    environment: { ...environment, [FROM]: source.location, [TO]: into },
  })
}

function tableOf({ mode, key }: CopyRequest, contract: Contract | undefined): Table {
  if (mode === 'append') return append(valid)
  if (mode === 'replace') return replace(valid)
  if (key.length === 0)
    throw wrong('--mode upsert needs --key <columns>', '--mode upsert requiere --key <columnas>')
  if (contract === undefined)
    throw wrong(
      '--mode upsert needs --contract <file.ts>: what is merged must be known beforehand',
      '--mode upsert requiere --contract <archivo.ts>: lo que se mezcla debe saberse de antemano',
    )
  const others = Object.keys(contract.columns).filter((name) => !key.includes(name))
  return upsert({
    key,
    from: valid,
    merge: Object.fromEntries(others.map((column) => [column, 'replace' as const])),
  })
}

function wrong(detail: string, detalle: string): CauceError {
  return new CauceError('CONFIG_INVALID', { where: 'copy', detail, detalle })
}
