import type { Channel } from '../../pipeline/alert-channels.ts'
import type { Alert } from '../../pipeline/alerts.ts'
import type { Pipeline } from '../../pipeline/pipeline.ts'
import type { Issue } from '../issue.ts'
import { issue } from '../issue.ts'
import type { AlertPlan, AlertsPlan, ChannelPlan } from './alert-plan.ts'
import { compileChannel } from './compile-channel.ts'
import { compileRule } from './compile-rule.ts'

/** Alerts as declared: those of the project and those of each pipeline. */
export interface DeclaredAlerts {
  readonly alerts?: readonly Alert[] | undefined
  readonly pipelines: readonly Pipeline[]
}

export interface CompiledAlerts extends AlertsPlan {
  /** What is wrong with them; empty: they may be used. */
  readonly issues: readonly Issue[]
}

const NAME = /^[\p{L}_][\p{L}\p{N}_-]{0,99}$/u

/** Compiles and checks all alerts of a project. Pure; never throws for what a declaration says. */
export function compileAlerts(declared: DeclaredAlerts): CompiledAlerts {
  const issues: Issue[] = []
  const placed = placedAlerts(declared)
  const known = declared.pipelines.map(({ name }) => name)
  const alerts = placed.flatMap((place) => {
    const found = compileAlert(place, known)
    issues.push(...found.issues)
    return found.plan === undefined ? [] : [found.plan]
  })
  issues.push(...repeatedNames(placed))
  const channels = collectChannels(placed)
  issues.push(...channels.issues)
  const pipelines = declared.pipelines.map(({ name, options }) => [
    name,
    { states: options.states ?? {}, timezone: options.reference?.timezone ?? 'UTC' },
  ])
  return { alerts, channels: channels.plans, pipelines: Object.fromEntries(pipelines), issues }
}

interface PlacedAlert {
  readonly alert: Alert
  /** `alerts[0]`, `visitas.alerts[0]`. */
  readonly where: string
  readonly name: string
  /** The pipeline that declares it. */
  readonly pipeline: string | undefined
}

function placedAlerts({ alerts = [], pipelines }: DeclaredAlerts): readonly PlacedAlert[] {
  const ofProject = alerts.map((alert, index) => ({
    alert,
    where: `alerts[${index}]`,
    name: alert.name ?? alert.rule.kind,
    pipeline: undefined,
  }))
  const ofPipelines = pipelines.flatMap(({ name, options }) =>
    (options.alerts ?? []).map((alert, index) => ({
      alert,
      where: `${name}.alerts[${index}]`,
      name: `${name}/${alert.name ?? alert.rule.kind}`,
      pipeline: name,
    })),
  )
  return [...ofProject, ...ofPipelines]
}

function channelsOf({ to }: Alert): readonly Channel[] {
  return 'kind' in to ? [to] : to
}

function channelName(channel: Channel): string {
  return channel.name ?? channel.kind
}

function compileAlert(
  place: PlacedAlert,
  known: readonly string[],
): { readonly plan: AlertPlan | undefined; readonly issues: readonly Issue[] } {
  const { alert, where, name, pipeline } = place
  const rule = compileRule(alert.rule, `${where}.rule`)
  const issues = [...rule.issues, ...placeIssues(place, known)]
  if (rule.plan === undefined) return { plan: undefined, issues }
  const isDisk = rule.plan.kind === 'disk_short'
  const plan: AlertPlan = {
    name,
    rule: rule.plan,
    pipelines: isDisk ? [] : pipeline === undefined ? (alert.pipelines ?? known) : [pipeline],
    isNamed: pipeline !== undefined || alert.pipelines !== undefined,
    channels: [...new Set(channelsOf(alert).map(channelName))],
    recovery: alert.recovery ?? true,
    includeRows: alert.includeRows ?? 0,
  }
  return { plan, issues }
}

function placeIssues({ alert, where, pipeline }: PlacedAlert, known: readonly string[]): readonly Issue[] {
  const issues: Issue[] = []
  const say = (field: string, en: string, es: string): void => {
    issues.push(issue(`${where}.${field}`, en, es))
  }
  if (alert.name !== undefined && !NAME.test(alert.name))
    say(
      'name',
      `"${alert.name}" cannot be a name; use letters, digits, _ and -, at most 100, a letter first`,
      `"${alert.name}" no puede ser un nombre; use letras, cifras, _ y -, como mucho 100, primero una letra`,
    )
  if (channelsOf(alert).length === 0)
    say(
      'to',
      'goes nowhere; name a channel, such as mail({ … })',
      'no va a ninguna parte; indique un canal, como mail({ … })',
    )
  if (alert.rule.kind === 'disk_short' && pipeline !== undefined)
    say(
      'rule',
      'the disk is everybody’s; declare diskShort() in the alerts of the project',
      'el disco es de todos; declare diskShort() en los avisos del proyecto',
    )
  for (const name of alert.pipelines ?? [])
    if (!known.includes(name))
      say(
        'pipelines',
        `there is no pipeline "${name}"; there are: ${known.join(', ')}`,
        `no hay ningún flujo "${name}"; hay: ${known.join(', ')}`,
      )
  if (alert.pipelines !== undefined && pipeline !== undefined)
    say(
      'pipelines',
      'an alert inside a pipeline looks at that pipeline; leave it out, or declare it in the project',
      'un aviso dentro de un flujo mira ese flujo; quítelo, o declárelo en el proyecto',
    )
  return [...issues, ...rowIssues(alert, where)]
}

function rowIssues({ includeRows = 0, rule }: Alert, where: string): readonly Issue[] {
  if (!Number.isSafeInteger(includeRows) || includeRows < 0 || includeRows > 20)
    return [
      issue(
        `${where}.includeRows`,
        `${includeRows} will not do; write a whole number from 0 to 20`,
        `${includeRows} no sirve; escriba un número entero de 0 a 20`,
      ),
    ]
  if (includeRows === 0 || (rule.kind === 'reject_rate' && rule.of === 'file')) return []
  return [
    issue(
      `${where}.includeRows`,
      'only rejectRate() of a file has rows to show; leave it out',
      'solo rejectRate() de un archivo tiene filas que mostrar; quítelo',
    ),
  ]
}

function repeatedNames(placed: readonly PlacedAlert[]): readonly Issue[] {
  return placed.flatMap(({ name, where }, index) => {
    const earlier = placed.slice(0, index).find((other) => other.name === name)
    if (earlier === undefined) return []
    return [
      issue(
        `${where}.name`,
        `"${name}" is already that of ${earlier.where}; give one of them another name`,
        `"${name}" ya es el de ${earlier.where}; dé otro nombre a uno de ellos`,
      ),
    ]
  })
}

function collectChannels(placed: readonly PlacedAlert[]): {
  readonly plans: readonly ChannelPlan[]
  readonly issues: readonly Issue[]
} {
  const issues: Issue[] = []
  const plans = new Map<string, ChannelPlan>()
  for (const { alert, where } of placed)
    for (const channel of channelsOf(alert)) {
      const name = channelName(channel)
      const compiled = compileChannel(channel, name, `${where}.to`)
      const earlier = plans.get(name)
      if (earlier === undefined) {
        plans.set(name, compiled.plan)
        issues.push(...compiled.issues)
        if (!NAME.test(name))
          issues.push(
            issue(
              `${where}.to.name`,
              `"${name}" cannot be a channel's name; use letters, digits, _ and -, a letter first`,
              `"${name}" no puede ser nombre de un canal; use letras, cifras, _ y -, primero una letra`,
            ),
          )
      } else if (JSON.stringify(earlier) !== JSON.stringify(compiled.plan))
        issues.push(
          issue(
            `${where}.to`,
            `two different channels are called "${name}"; give one of them another \`name\``,
            `dos canales distintos se llaman "${name}"; dé otro \`name\` a uno de ellos`,
          ),
        )
    }
  return { plans: [...plans.values()], issues }
}
