import { mkdtemp, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { append, contract, csv, email, files, integer, pipeline, rejects, valid } from 'cauce'
import { claimItems } from '../../packages/cauce/src/ledger/claim-items.ts'
import { openLedger } from '../../packages/cauce/src/ledger/open-ledger.ts'
import { ownIdentity } from '../../packages/cauce/src/ledger/process-identity.ts'
import { recordItems } from '../../packages/cauce/src/ledger/record-items.ts'
import { recordPlan } from '../../packages/cauce/src/ledger/record-plan.ts'
import { settleItem, type SettleItemRequest } from '../../packages/cauce/src/ledger/settle-item.ts'
import { startRun } from '../../packages/cauce/src/ledger/start-run.ts'
import type { ItemRow } from '../../packages/cauce/src/ledger/tables.ts'
import { systemClock } from '../../packages/cauce/src/model/clock.ts'
import { compilePlan } from '../../packages/cauce/src/plan/compile-plan.ts'
import type { Health } from '../../packages/cauce/src/server/health.ts'
import { type ServerRequest, startServer } from '../../packages/cauce/src/server/start-server.ts'

export const TOKEN = 'a-token-of-the-tests-0123456789'

/** A password in a declaration is nothing anybody should write; if somebody does, no answer may show it. */
export const PASSWORD = 'contrasena-secreta'

const visits = pipeline('visits', {
  from: files(`sftp://reader:${PASSWORD}@files.invalid/in`, '*.csv'),
  read: csv(),
  contract: contract('visit', { email: email(), opens: integer().min(0) }),
  tables: { visits: append(valid), bad: append(rejects) },
  into: `mysql://writer:${PASSWORD}@db.invalid/visits`,
  states: { ready_with_rejects: 'COMPLETADO_CON_ERRORES' },
  tags: ['nightly'],
})

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the server said, looked at by the tests
  readonly json: any
}

/** A project with a ledger, and a server over them. */
export interface ServerScene {
  readonly url: string
  readonly folder: string
  readonly ledger: ServerRequest['ledger']
  readonly plan: ReturnType<typeof compilePlan>
  readonly runId: string
  /** May be changed: what the server's process says of itself. */
  health: Health
  readonly close: () => Promise<void>
  /** With the token, unless other headers are given. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Answer>
  readonly record: (...keys: readonly string[]) => Promise<readonly ItemRow[]>
  readonly claim: (limit?: number) => Promise<readonly ItemRow[]>
  readonly settle: (item: ItemRow, how: Omit<SettleItemRequest, 'id' | 'epoch' | 'nowMs'>) => Promise<void>
}

export async function serverScene(
  options: Partial<ServerRequest> & { readonly ledgerUrl?: string } = {},
): Promise<ServerScene> {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-server-'))
  const ledger = await openLedger(options.ledgerUrl ?? `sqlite:${join(folder, 'ledger.db')}`)
  const plan = compilePlan(visits)
  const owner = await ownIdentity()
  const clock = options.clock ?? systemClock
  await recordPlan(ledger, { plan, nowMs: clock.now() })
  const run = await startRun(ledger, { pipeline: 'visits', planHash: plan.hash, owner, nowMs: clock.now() })
  const common = { pipeline: 'visits', runId: run.id, planHash: plan.hash, owner }
  const server = await startServer({
    ledger,
    project: { folder, pipelines: [{ name: 'visits', file: 'visits.ts', plan }] },
    health: () => scene.health,
    clock,
    port: 0,
    token: { value: TOKEN, from: 'environment' },
    version: '0.0.0-test',
    ...options,
  })
  onTestFinished(async () => {
    await server.close()
    await ledger.close()
    await rm(folder, { recursive: true, force: true })
  })
  const scene: ServerScene = {
    url: server.url,
    folder,
    ledger,
    plan,
    runId: run.id,
    health: { waiting: [], isStopping: false },
    close: () => server.close(),
    ask: async (path, init) => answerOf(server.url + path, init),
    record: async (...keys) => {
      const entries = keys.map((key) => ({ key, sizeBytes: 10, modifiedMs: 1_000 }))
      const recorded = await recordItems(ledger, { ...common, boundHost: null, entries, nowMs: clock.now() })
      return recorded.map(({ item }) => item)
    },
    claim: async (limit = 100) =>
      claimItems(ledger, {
        ...common,
        limit,
        leaseMs: 15_000,
        takeFailedSystem: false,
        nowMs: clock.now(),
      }),
    settle: async ({ id, epoch }, how) =>
      void (await settleItem(ledger, { id, epoch, nowMs: clock.now(), ...how })),
  }
  return scene
}

async function answerOf(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${TOKEN}` }, ...init })
  const { status, headers } = response
  const text = await response.text()
  const isJson = /json/.test(headers.get('content-type') ?? '')
  return { status, headers, text, json: isJson && text !== '' ? JSON.parse(text) : undefined }
}

/** A request with a Host header of its own choosing, which `fetch` does not send. */
export async function statusWithHost(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = httpRequest(url, { headers: { host, authorization: `Bearer ${TOKEN}` } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    asking.on('error', reject).end()
  })
}
