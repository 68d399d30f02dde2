import { hostname } from 'node:os'
import { CauceError } from '../../model/cauce-error.ts'
import { CLASS_PRECEDENCE, type ErrorClass, EXIT_CODES } from '../../model/error-class.ts'
import { testMessage } from '../../alerts/compose-message.ts'
import { declaredAlerts } from '../../alerts/declared-alerts.ts'
import { openSender } from '../../alerts/open-sender.ts'
import type { ChannelPlan } from '../../plan/alerts/alert-plan.ts'
import { resolveChannels } from '../../plan/alerts/resolve-channels.ts'
import { loadProject, type LoadedProject } from '../../ops/load-project.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { projectRequest } from '../project-request.ts'
import { errorText, showError } from '../show-error.ts'
import { alertsTexts } from '../texts/alerts-texts.ts'

/** How the test of one channel ended; without an error it was sent, or it is off. */
interface Tested {
  readonly channel: ChannelPlan
  readonly host: string | undefined
  readonly error: CauceError | undefined
}

/**
 * `cauce alerts test`: sends a message that says it is a test, and tells for each channel whether it was taken. Needs no ledger
 * and leaves no trace in it.
 */
export async function alertsTestCommand(
  cli: Cli,
  name: string | undefined,
  options: CommonOptions & { readonly json?: true | undefined },
): Promise<number> {
  const { out, err, speaker } = cli
  const project = await loadProject(projectRequest(cli, options))
  const tested: Tested[] = []
  for (const channel of await chosenChannels(project, name)) {
    const one = await testChannel(cli, project, channel)
    tested.push(one)
    if (options.json === true) continue
    const { error, host } = one
    if (error !== undefined) showError(error, speaker, err)
    else if (host === undefined) out.line(speaker.say(alertsTexts.off, { channel: channel.name }))
    else
      out.line(`${out.paint('good', '✓')} ${speaker.say(alertsTexts.sent, { channel: channel.name, host })}`)
  }
  if (options.json === true) {
    const channels = tested.map((one) => testedDocument(one, cli))
    out.line(JSON.stringify({ channels }, undefined, 2))
  }
  return exitCodeOf(tested.flatMap(({ error }) => (error === undefined ? [] : [error.class])))
}

async function chosenChannels(
  project: LoadedProject,
  name: string | undefined,
): Promise<readonly ChannelPlan[]> {
  const { channels } = declaredAlerts(project)
  if (channels.length === 0) throw new CauceError('ALERTS_NONE', { folder: project.folder })
  const chosen = channels.filter((channel) => name === undefined || channel.name === name)
  if (chosen.length > 0) return chosen
  const known = channels.map((channel) => channel.name).join(', ')
  throw new CauceError('ALERT_CHANNEL_UNKNOWN', { channel: name ?? '', known })
}

async function testChannel(
  { clock }: Cli,
  { surroundings }: LoadedProject,
  channel: ChannelPlan,
): Promise<Tested> {
  try {
    const [settings] = resolveChannels([channel], surroundings).channels
    if (settings === undefined) return { channel, host: undefined, error: undefined }
    const { language } = channel
    const message = testMessage(channel.name, { language, host: hostname(), nowMs: clock.now() })
    const result = await openSender(settings, { clock }).send(message)
    return { channel, host: settings.host, error: result.kind === 'failed' ? result.error : undefined }
  } catch (error) {
    // One channel that is declared wrongly keeps no other from being tried.
    if (error instanceof CauceError) return { channel, host: undefined, error }
    throw error
  }
}

function testedDocument({ channel, host, error }: Tested, { speaker }: Cli): unknown {
  const result = error !== undefined ? 'failed' : host === undefined ? 'off' : 'sent'
  return {
    channel: channel.name,
    kind: channel.kind,
    host: host ?? null,
    result,
    error:
      error === undefined ? null : { code: error.code, class: error.class, text: errorText(error, speaker) },
  }
}

function exitCodeOf(classes: readonly ErrorClass[]): number {
  const worst = CLASS_PRECEDENCE.find((one) => classes.includes(one))
  return worst === undefined ? EXIT_CODES.done : EXIT_CODES[worst]
}
