import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** The folder of a project's own files, and what lies where in it. */
export interface ProjectHome {
  readonly folder: string
  readonly spool: string
  readonly rejects: string
  readonly replays: string
  /** One folder a business day: the orchestrator's log and one per item. */
  readonly logs: string
  /** One folder an item that failed: the file as it came and its story. */
  readonly quarantine: string
}

/** Names the places in a home folder; `ensureHome` makes them. */
export function projectHome(folder: string): ProjectHome {
  const place = (name: string): string => join(folder, name)
  return {
    folder,
    spool: place('spool'),
    rejects: place('rejects'),
    replays: place('replays'),
    logs: place('logs'),
    quarantine: place('quarantine'),
  }
}

/**
 * Makes the folders, for the owner's eyes only: spool and rejects hold people's rows. Logs and quarantine make theirs when they
 * have something to keep: what they cannot write must not keep anybody from working.
 */
export async function ensureHome({ folder, spool, rejects, replays }: ProjectHome): Promise<void> {
  for (const path of [folder, spool, rejects, replays]) await mkdir(path, { recursive: true, mode: 0o700 })
}
