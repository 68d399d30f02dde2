import { expect, test } from 'vitest'
import { mail, slack, teams, webhook } from '../../pipeline/alert-channels.ts'
import {
  type Alert,
  alert,
  type AlertRule,
  diskShort,
  lateStart,
  noFiles,
  notFinishedBy,
  onFailure,
  onQuarantine,
  rejectRate,
} from '../../pipeline/alerts.ts'
import type { Pipeline } from '../../pipeline/pipeline.ts'
import { env, secret } from '../../pipeline/setting.ts'
import { compileAlerts } from './compile-alerts.ts'

const to = slack(secret('SLACK_URL'))
const pipelineOf = (name: string, options: Partial<Pipeline['options']> = {}): Pipeline => ({
  kind: 'pipeline',
  name,
  options: options as Pipeline['options'],
})
const visitas = pipelineOf('visitas', {
  states: { failed_system: 'FALLO_SISTEMA' },
  reference: { timezone: 'America/Mexico_City', override: undefined },
})
const compile = (
  alerts: readonly Alert[],
  pipelines: readonly Pipeline[] = [visitas, pipelineOf('ventas')],
) => compileAlerts({ alerts, pipelines })

/** Every issue as `where: text`, in English; both languages must say something. */
function issuesOf(alerts: readonly Alert[], pipelines?: readonly Pipeline[]): readonly string[] {
  return compile(alerts, pipelines).issues.map(({ where, text }) => {
    expect(text.es).not.toBe('')
    return `${where}: ${text.en}`
  })
}

test('every rule compiles to plain data without issues', () => {
  const rules: readonly AlertRule[] = [
    onFailure(),
    onQuarantine(),
    rejectRate('5%'),
    rejectRate('0.5%', { of: 'day', minRows: 1000 }),
    lateStart('02:15', 'America/Mexico_City'),
    notFinishedBy('06:00', 'America/Mexico_City', { days: ['fri', 'mon'] }),
    noFiles(),
    diskShort('2GB'),
  ]
  const { issues, alerts, channels, pipelines } = compile(
    rules.map((rule, index) => alert(rule, { to, name: `a${index}` })),
  )
  expect(issues).toEqual([])
  expect(alerts.map(({ rule }) => rule)).toEqual([
    { kind: 'failure', of: ['failed_system', 'failed_layout', 'refused', 'run'] },
    { kind: 'quarantine' },
    { kind: 'reject_rate', of: 'file', overPercent: 5, minRows: 1, timezone: undefined },
    { kind: 'reject_rate', of: 'day', overPercent: 0.5, minRows: 1000, timezone: undefined },
    {
      kind: 'late_start',
      day: { at: '02:15', hour: 2, minute: 15, timezone: 'America/Mexico_City', weekdays: [] },
    },
    {
      kind: 'not_finished',
      day: { at: '06:00', hour: 6, minute: 0, timezone: 'America/Mexico_City', weekdays: [1, 5] },
    },
    { kind: 'no_files', day: undefined },
    { kind: 'disk_short', leastBytes: 2e9 },
  ])
  expect(alerts[0]).toMatchObject({
    pipelines: ['visitas', 'ventas'],
    isNamed: false,
    channels: ['slack'],
    recovery: true,
    includeRows: 0,
  })
  expect(channels).toEqual([
    {
      kind: 'slack',
      name: 'slack',
      language: 'en',
      paceMs: 300_000,
      insecure: false,
      url: { kind: 'env', name: 'SLACK_URL', fallback: undefined, secret: true },
    },
  ])
  expect(pipelines['visitas']).toEqual({
    states: { failed_system: 'FALLO_SISTEMA' },
    timezone: 'America/Mexico_City',
  })
})

test('an alert of a pipeline carries its name and looks at it alone', () => {
  const own = pipelineOf('ventas', { alerts: [alert(onFailure(), { to })] })
  const { alerts, issues } = compile([alert(onFailure(), { to })], [visitas, own])
  expect(issues).toEqual([])
  expect(alerts.map(({ name, pipelines, isNamed }) => ({ name, pipelines, isNamed }))).toEqual([
    { name: 'failure', pipelines: ['visitas', 'ventas'], isNamed: false },
    { name: 'ventas/failure', pipelines: ['ventas'], isNamed: true },
  ])
})

test.each([
  ['rejectRate', rejectRate('150%'), 'alerts[0].rule: "150%" is not understood; write it like 5%, 0.5%'],
  ['lateStart', lateStart('6:00', 'UTC'), 'alerts[0].rule.at: "6:00" is not understood'],
  ['notFinishedBy', notFinishedBy('25:00', 'UTC'), 'alerts[0].rule.at: "25:00" is not understood'],
  ['a zone', lateStart('06:00', 'Mexico'), 'alerts[0].rule.timezone: "Mexico" is not understood'],
  ['a zone that is none', lateStart('06:00', 'Marte/Olimpo'), 'alerts[0].rule.timezone: "Marte/Olimpo"'],
  [
    'days',
    noFiles({ at: '06:00', timezone: 'UTC', days: ['lunes' as 'mon'] }),
    'alerts[0].rule.days: "lunes"',
  ],
  ['no day at all', noFiles({ at: '06:00', timezone: 'UTC', days: [] }), 'alerts[0].rule.days: ""'],
  ['a size', diskShort('dosGB' as '2GB'), 'alerts[0].rule: "dosGB" is not understood'],
  ['no size', diskShort('0GB'), 'alerts[0].rule: "0GB" is not understood'],
  ['minRows', rejectRate('5%', { minRows: 0 }), 'alerts[0].rule.minRows: "0" is not understood'],
  ['failures', onFailure({ of: ['todo' as 'run'] }), 'alerts[0].rule.of: "todo" is not understood'],
])('a mistake in %s is told with the place and the form', (_what, rule, told) => {
  expect(issuesOf([alert(rule, { to })])).toEqual([expect.stringContaining(told)])
})

test.each([
  ['a name with blanks', { name: 'dos palabras' }, 'alerts[0].name: "dos palabras" cannot be a name'],
  ['nobody to tell', { to: [] }, 'alerts[0].to: goes nowhere'],
  [
    'a pipeline that is none',
    { pipelines: ['vistas'] },
    'alerts[0].pipelines: there is no pipeline "vistas"',
  ],
  ['too many rows', { includeRows: 21 }, 'alerts[0].includeRows: 21 will not do'],
  [
    'rows of something without rows',
    { includeRows: 5 },
    'alerts[0].includeRows: only rejectRate() of a file',
  ],
])('%s is told', (_what, options, told) => {
  expect(issuesOf([alert(onFailure(), { to, ...options })])).toEqual([expect.stringContaining(told)])
})

test('two alerts of one name are told, and so are two different channels of one name', () => {
  const twice = [alert(onFailure(), { to }), alert(onFailure(), { to: slack(secret('OTHER_URL')) })]
  expect(issuesOf(twice)).toEqual([
    expect.stringContaining('alerts[1].name: "failure" is already that of alerts[0]'),
    expect.stringContaining('alerts[1].to: two different channels are called "slack"'),
  ])
  const same = [alert(onFailure(), { to }), alert(onQuarantine(), { to: slack(secret('SLACK_URL')) })]
  expect(issuesOf(same)).toEqual([])
})

test('diskShort belongs to the project', () => {
  const own = pipelineOf('ventas', { alerts: [alert(diskShort('1GB'), { to })] })
  expect(issuesOf([], [own])).toEqual([expect.stringContaining('ventas.alerts[0].rule: the disk')])
})

test('secrets must not stand in a declaration, not even to fall back to', () => {
  const written = { kind: 'value', value: 'https://hooks.example.com/x' } as const
  const channels = [
    slack(written),
    teams(env('TEAMS_URL', 'https://teams.example.com/x')),
    webhook(secret('URL'), { secret: { kind: 'value', value: 'k' } }),
    mail({ host: 'h', from: 'a@b', to: 'c@d', user: 'u', password: { kind: 'value', value: 'p' } }),
    slack('https://hooks.example.com/y' as unknown as ReturnType<typeof secret>, { name: 'text' }),
  ]
  const issues = issuesOf([alert(onFailure(), { to: channels })])
  expect(issues.map((text) => text.split(':')[0])).toEqual([
    'alerts[0].to.slack.url',
    'alerts[0].to.teams.url',
    'alerts[0].to.webhook.secret',
    'alerts[0].to.mail.password',
    'alerts[0].to.text.url',
  ])
  expect(issues.join()).not.toContain('hooks.example.com')
  expect(issuesOf([alert(onFailure(), { to: slack(env('SLACK_URL', '')) })])).toEqual([])
})

test('user without password, nobody to write to and a wrong pace are told', () => {
  const channel = mail({ host: 'h', from: 'a@b', to: [], user: 'u', pace: 'a while' })
  expect(issuesOf([alert(onFailure(), { to: channel })])).toEqual([
    expect.stringContaining('alerts[0].to.mail.pace: "a while" is no time between messages'),
    expect.stringContaining('alerts[0].to.mail.to: names nobody'),
    expect.stringContaining('alerts[0].to.mail: user and password go together'),
  ])
})
