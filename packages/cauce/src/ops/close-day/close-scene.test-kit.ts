import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Clock } from '../../model/clock.ts'
import type { ErrorReport } from '../../model/cauce-error.ts'
import { NO_ROWS, type RowCounts } from '../../model/item-state.ts'
import { sha256Hex } from '../../model/load-key.ts'
import type { RuleCount } from '../../model/rule-count.ts'
import { toSetting } from '../../pipeline/setting.ts'
import { claimItems } from '../../ledger/claim-items.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import { listItems } from '../../ledger/list-items.ts'
import { ownIdentity } from '../../ledger/process-identity.ts'
import { recordItems } from '../../ledger/record-items.ts'
import { recordPlan } from '../../ledger/record-plan.ts'
import { emptyLedger } from '../../ledger/scratch-home.test-kit.ts'
import { planOf } from '../../ledger/scratch-ledger.test-kit.ts'
import type { SettledState } from '../../ledger/item-transitions.ts'
import { settleItem } from '../../ledger/settle-item.ts'
import { startRun } from '../../ledger/start-run.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import { type ProjectHome, projectHome } from '../../dispatch/project-home.ts'
import { backUp } from '../../perform/back-up.ts'
import { closeDay, type ClosedDay, type CloseDayRequest } from './close-day.ts'

const self = await ownIdentity()

/** A file that went through a pipeline, as a test tells it. */
export interface ToldFile {
  readonly key: string
  readonly content: string | Buffer
  readonly state: SettledState
  /** yyyy-MM-ddTHH:mm, UTC. */
  readonly at: string
  /** Whether a verified copy was made of it. Default: as the pipeline does. */
  readonly isCopied?: boolean
  readonly counts?: RowCounts
  readonly ruleCounts?: readonly RuleCount[]
  readonly error?: ErrorReport
  readonly tookMs?: number
}

/** A pipeline's ledger, its home and its backups, as weeks of work would leave them; on real files. */
export class CloseScene {
  readonly folder: string
  readonly backups: string
  readonly ledger: Ledger
  readonly pipeline: string
  readonly request: Omit<CloseDayRequest, 'day' | 'home'> & { readonly home: ProjectHome }
  nowMs = Date.parse('2026-11-24T12:00:00Z')

  static async open(
    options: {
      readonly pipeline?: string
      readonly timezone?: string
      readonly zip?: 'daily'
      readonly keepDays?: number
      /** Folder of backups. */
      readonly backups?: string
      /** Another scene whose folders and ledger it shares. */
      readonly beside?: CloseScene
    } = {},
  ): Promise<CloseScene> {
    const folder = options.beside?.folder ?? mkdtempSync(join(tmpdir(), 'cauce-close-'))
    const ledger = options.beside?.ledger ?? (await emptyLedger())
    const scene = new CloseScene(folder, ledger, options)
    if (options.beside === undefined) onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    await recordPlan(ledger, { plan: planOf({ pipeline: scene.pipeline, hash: scene.pipeline }), nowMs: 1 })
    return scene
  }

  private constructor(
    folder: string,
    ledger: Ledger,
    {
      pipeline = 'visitas',
      timezone = 'UTC',
      zip,
      keepDays,
      backups,
    }: Parameters<typeof CloseScene.open>[0] = {},
  ) {
    this.folder = folder
    this.ledger = ledger
    this.pipeline = pipeline
    this.backups = backups ?? join(folder, 'backup')
    const clock: Clock = { now: () => this.nowMs, sleep: async () => undefined }
    this.request = {
      ledger,
      home: projectHome(join(folder, 'home')),
      plan: {
        pipeline,
        reference: { timezone, override: undefined },
        archive: { backup: toSetting(this.backups), deleteSource: toSetting('no'), zip, keepDays },
        states: {},
        report: undefined,
      },
      settings: { backupFolder: this.backups },
      clock,
    }
  }

  /** Brings a file to its end. One of a key and content known already is tried again. */
  async add(file: ToldFile): Promise<ItemRow> {
    const { key, content, state } = file
    const bytes = Buffer.from(content)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const atMs = Date.parse(`${file.at}Z`)
    const startMs = atMs - (file.tookMs ?? 1_000)
    const { ledger, pipeline } = this
    const planHash = pipeline
    const run = await startRun(ledger, { pipeline, planHash, owner: self, nowMs: startMs })
    const [recorded] = await recordItems(ledger, {
      pipeline,
      runId: run.id,
      planHash,
      owner: self,
      boundHost: null,
      entries: [{ key, sizeBytes: bytes.length, modifiedMs: 1_700_000_000_000, version: sha256 }],
      nowMs: startMs,
    })
    const [claimed] = await claimItems(ledger, {
      pipeline,
      runId: run.id,
      planHash,
      owner: self,
      limit: 1,
      leaseMs: 60_000,
      takeFailedSystem: true,
      only: [recorded?.item.id ?? 0],
      nowMs: startMs,
    })
    if (claimed === undefined) throw new Error(`${key} cannot be claimed`)
    const isCopied =
      file.isCopied ?? ['ready', 'ready_with_rejects', 'failed_layout', 'refused'].includes(state)
    const settled = await settleItem(ledger, {
      id: claimed.id,
      epoch: claimed.epoch,
      state,
      sizeBytes: bytes.length,
      sha256,
      loadKey: sha256Hex(`${pipeline} ${key} ${sha256}`),
      counts: file.counts ?? NO_ROWS,
      ...(file.ruleCounts !== undefined && { ruleCounts: file.ruleCounts }),
      ...(file.error !== undefined && { error: file.error }),
      ...(isCopied && { backup: await this.#copy(bytes, sha256, file) }),
      nowMs: atMs,
    })
    if (settled === undefined) throw new Error(`${key} was not settled`)
    return settled
  }

  async #copy(bytes: Buffer, sha256: string, { at, key }: ToldFile): Promise<string> {
    const spool = join(this.folder, 'spool')
    mkdirSync(spool, { recursive: true })
    const path = join(spool, sha256)
    writeFileSync(path, bytes)
    return backUp({ path, sha256, folder: this.backups, day: at.slice(0, 10), file: key })
  }

  async close(day: string, now?: string): Promise<ClosedDay> {
    if (now !== undefined) this.nowMs = Date.parse(`${now}Z`)
    return closeDay({ ...this.request, day })
  }

  async items(): Promise<readonly ItemRow[]> {
    return (await listItems(this.ledger, { pipeline: this.pipeline })).toReversed()
  }

  /** Every file below the folder of backups, with its folders. */
  backupFiles(): readonly string[] {
    if (!existsSync(this.backups)) return []
    return readdirSync(this.backups, { recursive: true, encoding: 'utf8' }).toSorted()
  }

  archive(day: string): string {
    return join(this.backups, `backup_${day.replaceAll('-', '')}.zip`)
  }
}
