import { EXIT_CODES } from '../../model/error-class.ts'
import type { CopyMode } from '../../ops/copy/copy-modes.ts'
import { copyProject } from '../../ops/copy/copy-project.ts'
import { previewCopy } from '../../ops/copy/preview-copy.ts'
import type { Cli } from '../cli.ts'
import { watchInterruption } from '../interruption.ts'
import { showCopyPreview } from '../report/copy-preview.ts'
import { runLoaded, type RunCommandOptions } from './run-loaded.ts'

export interface CopyCommandOptions extends RunCommandOptions {
  readonly mode: CopyMode
  readonly key?: string | undefined
  readonly contract?: string | undefined
  readonly dryRun?: true | undefined
}

/** `cauce copy`: files of any address into a table of any destination, without a project. */
export async function copyCommand(
  cli: Cli,
  { from, to }: { readonly from: string; readonly to: string },
  options: CopyCommandOptions,
): Promise<number> {
  const { mode, key = '', contract, home, ledger } = options
  const load = async () =>
    copyProject({
      from,
      to,
      mode,
      key: key.split(',').flatMap((name) => name.trim() || []),
      contract,
      home,
      ledger,
      environment: cli.environment,
      currentFolder: cli.currentFolder,
    })
  if (options.dryRun !== true) return runLoaded(cli, { load, pipelines: [], hints: undefined }, options)
  using interruption = watchInterruption(() => undefined)
  const preview = await previewCopy(await load(), interruption.signal)
  if (options.json === true) cli.out.line(JSON.stringify(preview, undefined, 2))
  else showCopyPreview(cli, preview)
  return EXIT_CODES.done
}
