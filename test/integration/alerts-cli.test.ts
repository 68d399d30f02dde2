import { expect, test } from 'vitest'
import { changeAlerts } from '../../packages/cauce/src/ledger/open-alerts.ts'
import { openLedger } from '../../packages/cauce/src/ledger/open-ledger.ts'
import { CliScene, HEADER, SALES } from '../cli/cli-scene.ts'
import { startReceiver, status } from './alerts-http-receiver.ts'
import { FAILED } from './alerts-scene.ts'

const CONFIG = `
import { alert, diskShort, env, onFailure, project, secret, slack, webhook } from 'cauce'
import ventas from './ventas.ts'

const equipo = slack(secret('SLACK_URL'), { name: 'equipo', language: 'es' })
const sistemas = webhook(env('HOOK_URL', ''), { secret: secret('HOOK_KEY'), name: 'sistemas' })

export default project({
  pipelines: [ventas],
  alerts: [alert(onFailure(), { to: [equipo, sistemas] }), alert(diskShort('1GB'), { to: equipo })],
})
`

function scene(config = CONFIG): CliScene {
  return new CliScene({ 'cauce.config.ts': config, 'ventas.ts': SALES })
}

test('alerts test sends by every channel that is on, says so, and leaves no ledger', async () => {
  using cli = scene()
  const http = await startReceiver()
  const { code, stdout, stderr } = await cli.cauce(['alerts', 'test'], { SLACK_URL: http.url })
  const host = new URL(http.url).host
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toBe(`✓ equipo (${host}): delivered\nsistemas: off, its variable is empty\n`)
  expect(http.received).toHaveLength(1)
  expect(JSON.parse(http.received[0]?.body ?? '')).toMatchObject({
    text: '[Cauce] una prueba del canal equipo',
  })
  expect((await cli.cauce(['alerts'])).stdout).toContain('No alert is open.')
})

test('alerts test of one channel tells why it failed, by exit code too, and never the address', async () => {
  using cli = scene()
  const http = await startReceiver()
  http.answers = [status(500)]
  const failed = await cli.cauce(['alerts', 'test', 'equipo'], { SLACK_URL: http.url })
  expect(failed.code).toBe(75)
  expect(failed.stderr).toContain('HTTP 500')
  http.answers = [status(403)]
  const refused = await cli.json(['alerts', 'test', 'equipo', '--lang', 'es'], { SLACK_URL: http.url })
  expect(refused.code).toBe(77)
  expect(refused.document).toMatchObject({
    channels: [
      {
        channel: 'equipo',
        kind: 'slack',
        host: new URL(http.url).host,
        result: 'failed',
        error: { code: 'ALERT_ACCESS', class: 'access', text: expect.stringContaining('no nos dejó entrar') },
      },
    ],
  })
  const unset = await cli.cauce(['alerts', 'test', 'equipo'])
  expect(unset).toMatchObject({ code: 78, stderr: expect.stringContaining('set SLACK_URL') })
  const plain = await cli.cauce(['alerts', 'test', 'equipo'], { SLACK_URL: 'http://example.com/geheim' })
  expect(plain).toMatchObject({ code: 78, stderr: expect.stringContaining('it is not https') })
  for (const { stdout, stderr } of [failed, refused, plain]) expect(stdout + stderr).not.toContain('geheim')
})

test('a channel or a project that is not known is told', async () => {
  using cli = scene()
  expect(await cli.cauce(['alerts', 'test', 'nadie'])).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('All of them: equipo, sistemas.'),
  })
  using bare = new CliScene()
  expect(await bare.cauce(['alerts', 'test'])).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('declares no alerts'),
  })
})

test('alerts that are declared wrongly are refused with everything wrong in them', async () => {
  using cli = scene(
    CONFIG.replace("diskShort('1GB')", "diskShort('1 elefante')").replace(
      'onFailure()',
      'onFailure({ of: [] })',
    ),
  )
  const { code, stderr } = await cli.cauce(['alerts'])
  expect(code).toBe(78)
  expect(stderr).toContain('alerts[0].rule.of')
  expect(stderr).toContain('alerts[1].rule: "1 elefante" is not understood')
})

test('alerts list shows what is open, who was told, and what did not arrive', async () => {
  using cli = scene()
  cli.write('entrada/a.csv', `${HEADER}ana@x.mx,1,01/02/2024\n`)
  expect((await cli.cauce(['run'])).code).toBe(0)
  const ledger = await openLedger(`sqlite:${cli.folder}/.cauce/ledger.db`)
  const raised = ['item 1', 'item 2'].map((subject, index) => ({
    rule: 'failure',
    subject,
    pipeline: 'ventas',
    details: JSON.stringify({ ...FAILED, itemId: index + 1, key: `f${index}\u001b[2J.csv` }),
    routes: [{ channel: 'equipo', paceMs: 0 }],
  }))
  const nowMs = Date.now()
  const { opened } = await changeAlerts(ledger, { raised, kept: [], ended: [], holdMs: 0, nowMs })
  const ended = [
    {
      id: opened[1]?.id ?? 0,
      details: JSON.stringify({ ...FAILED, key: 'f1', end: { how: 'over', state: 'ready' } }),
      routes: [],
    },
  ]
  await changeAlerts(ledger, { raised: [], kept: [], ended, holdMs: 0, nowMs })
  await ledger.db
    .updateTable('delivery')
    .set({ attempts: 3, error: 'HTTP 500', dueMs: nowMs + 60_000 })
    .where('alertId', '=', opened[0]?.id ?? 0)
    .execute()
  await ledger.close()
  const { code, stdout } = await cli.cauce(['alerts'])
  expect(code).toBe(0)
  expect(stdout).toContain(String.raw`ventas: f0\x1b[2J.csv failed`)
  expect(stdout).toContain('equipo: not yet')
  expect(stdout).toContain('no. 1, equipo, tried again at')
  expect(stdout).toContain('HTTP 500')
  expect(stdout).toContain('Alerts declared: failure, disk_short. Channels: equipo, sistemas.')
  expect(stdout).not.toContain('f1')
  const all = await cli.json(['alerts', 'list', '--all', '--lang', 'es'])
  expect(all.document).toMatchObject({
    alerts: [
      {
        alert: 2,
        title: 'ventas: f1 se cargó',
        resolvedAt: expect.any(String),
        messages: [{ event: 'opened' }],
      },
      {
        alert: 1,
        rule: 'failure',
        pipeline: 'ventas',
        resolvedAt: null,
        details: { kind: 'item_failed' },
        messages: [{ channel: 'equipo', attempts: 3, error: 'HTTP 500', deliveredAt: null }],
      },
    ],
  })
  expect((await cli.cauce(['alerts', 'list', '--all', '--pipeline', 'otra'])).stdout).toContain(
    'There are no alerts.',
  )
})
