import { Command, Option } from '@commander-js/extra-typings'
import type { Cli } from './cli.ts'
import { declareAlertsCommands } from './declare-alerts-commands.ts'
import { declareCopyCommand } from './declare-copy-command.ts'
import { declareControlCommands } from './declare-control-commands.ts'
import { declareLedgerCommands } from './declare-ledger-commands.ts'
import { declareLogCommands } from './declare-log-commands.ts'
import { declareQuarantineCommands } from './declare-quarantine-commands.ts'
import { declareRejectsCommands } from './declare-rejects-commands.ts'
import { declareReportCommand } from './declare-report-command.ts'
import { declareRunCommands } from './declare-run-commands.ts'
import { declareSqlCommand } from './declare-sql-command.ts'
import { declareStandCommands } from './declare-stand-commands.ts'
import { helpInLanguage } from './help-in-language.ts'
import { wrapLine } from './terminal/wrap.ts'
import { helpTexts } from './texts/help-texts.ts'

export const COMPLETION_SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const

/** The root command with the options every command takes. */
export type Root = ReturnType<typeof rootCommand>

/** Runs a command's work; its result is the exit code. */
export type Act = (work: () => Promise<number>) => Promise<void>

/**
 * Every command with its options and texts. Declares only: what a command needs is imported when it runs, so that help and
 * completion stay quick.
 */
export function buildProgram(cli: Cli, act: Act): Root {
  const root = rootCommand(cli)
  declareRunCommands(root, cli, act)
  declareCopyCommand(root, cli, act)
  declareStandCommands(root, cli, act)
  declareControlCommands(root, cli, act)
  declareLedgerCommands(root, cli, act)
  declareLogCommands(root, cli, act)
  declareQuarantineCommands(root, cli, act)
  declareRejectsCommands(root, cli, act)
  declareReportCommand(root, cli, act)
  declareAlertsCommands(root, cli, act)
  declareSqlCommand(root, cli, act)
  return root
}

function rootCommand(cli: Cli) {
  const { speaker, out, version } = cli
  const { say } = speaker
  return (
    new Command('cauce')
      .description(say(helpTexts.cauce))
      .version(version, '--version', say(helpTexts.version))
      .helpOption('-h, --help', say(helpTexts.help))
      .helpCommand('help [command]', say(helpTexts.helpCommand))
      .addOption(new Option('--project <folder>', say(helpTexts.project)))
      .addOption(new Option('--home <folder>', say(helpTexts.home)))
      .addOption(new Option('--ledger <url>', say(helpTexts.ledger)))
      // Read ahead of the parser, whose own words depend on it; declared here to be shown and checked.
      .addOption(new Option('--lang <language>', say(helpTexts.lang)).choices(['en', 'es'] as const))
      .configureHelp(helpInLanguage(speaker, out))
      .configureOutput({
        writeOut: (text) => out.write(text),
        writeErr: (text) => cli.err.write(text),
        // Told by us, in the reader's language.
        outputError: () => undefined,
      })
      .exitOverride()
      .addHelpText('after', `\n${wrapLine(out, '', say(helpTexts.start))}`)
  )
}
