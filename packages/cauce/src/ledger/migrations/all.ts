import type { Migration } from 'kysely/migration'
import { up as ledger } from './0001-ledger.ts'
import { up as controlPlane } from './0002-control-plane.ts'
import { up as scheduleProject } from './0003-schedule-project.ts'
import { up as workerHome } from './0004-worker-home.ts'

/** Every migration by name, in order. Forward only: an older Cauce refuses a newer ledger. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-ledger': { up: ledger },
  '0002-control-plane': { up: controlPlane },
  '0003-schedule-project': { up: scheduleProject },
  '0004-worker-home': { up: workerHome },
}
