import { Argument, InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { DURATION_FORM, parseDuration } from '../model/duration.ts'
import type { Text } from '../model/language.ts'
import type { Role } from '../ops/stand-up.ts'
import type { Cli } from './cli.ts'
import { countOption } from './count-option.ts'
import { logFormatOption, logLevelOption } from './log-options.ts'
import type { Act, Root } from './program.ts'
import type { Speaker } from './speaker.ts'
import { helpTexts } from './texts/help-texts.ts'
import { standTexts } from './texts/stand-texts.ts'

/** A duration as its author wrote it, and in ms. */
export interface Interval {
  readonly interval: string
  readonly everyMs: number
}

const MOST_JOBS = 64

/** `up`, `dispatcher` and `worker`: commands that stand until they are told to stop. */
export function declareStandCommands(root: Root, cli: Cli, act: Act): void {
  declareStand(root, cli, act, { name: 'up', text: standTexts.up, roles: ['dispatcher', 'worker', 'server'] })
  declareStand(root, cli, act, { name: 'dispatcher', text: standTexts.dispatcher, roles: ['dispatcher'] })
  declareStand(root, cli, act, { name: 'worker', text: standTexts.worker, roles: ['worker'] })
}

function declareStand(
  root: Root,
  cli: Cli,
  act: Act,
  { name, text, roles }: { readonly name: string; readonly text: Text; readonly roles: readonly Role[] },
): void {
  const { speaker } = cli
  const { say } = speaker
  const command = root
    .command(name)
    .description(say(text))
    .addArgument(new Argument('[pipelines...]', say(standTexts.pipelines)))
    .addOption(countOption(speaker, '--jobs <n>', helpTexts.jobs, MOST_JOBS))
    .addOption(durationOption(speaker, '--grace <duration>', standTexts.grace))
    .addOption(logFormatOption(speaker))
    .addOption(logLevelOption(speaker))
  if (roles.includes('dispatcher'))
    command.addOption(durationOption(speaker, '--every <duration>', standTexts.every))
  const port = roles.includes('server') ? standTexts.port : standTexts.probePort
  command
    .addOption(countOption(speaker, '--port <n>', port, 65_535))
    .addOption(new Option('--host <address>', say(standTexts.host)))
    .addOption(allowHostOption(speaker))
    .addOption(new Option('--open-metrics', say(standTexts.openMetrics)))
  command.action((pipelines, _options, given) =>
    act(async () => {
      const { standCommand } = await import('./commands/stand.ts')
      return standCommand(cli, { pipelines, roles }, given.optsWithGlobals())
    }),
  )
}

/** May be said several times. */
function allowHostOption({ say }: Speaker) {
  return new Option('--allow-host <name>', say(standTexts.allowHost)).argParser(
    (name, earlier: readonly string[] | undefined): readonly string[] => [...(earlier ?? []), name],
  )
}

function durationOption<const Flags extends string>({ say }: Speaker, flags: Flags, text: Text) {
  return new Option(flags, say(text)).argParser((value): Interval => {
    const everyMs = parseDuration(value)
    if (everyMs === undefined || everyMs < 1)
      throw new InvalidArgumentError(say(standTexts.duration, { form: DURATION_FORM }))
    return { interval: value, everyMs }
  })
}
