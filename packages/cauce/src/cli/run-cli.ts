import { readFileSync } from 'node:fs'
import { CommanderError } from '@commander-js/extra-typings'
import { EXIT_CODES } from '../model/error-class.ts'
import { chooseLanguage } from '../model/language.ts'
import { systemClock } from '../model/clock.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import type { Cli } from './cli.ts'
import { buildProgram, type Root } from './program.ts'
import { showError } from './show-error.ts'
import { speakerOf } from './speaker.ts'
import { screenOn } from './terminal/screen.ts'
import { usageTexts } from './texts/usage-texts.ts'
import { usageMessage } from './usage-error.ts'

/** Runs one command line (without `node` and the program's name) and tells the exit code. Never throws. */
export async function runCli(argv: readonly string[]): Promise<number> {
  const cli: Cli = {
    speaker: speakerOf(chooseLanguage(languageFlag(argv), process.env)),
    out: screenOn(process.stdout),
    err: screenOn(process.stderr),
    environment: process.env,
    currentFolder: process.cwd(),
    clock: systemClock,
    version: packageVersion(),
  }
  let exitCode: number = EXIT_CODES.done
  const program = buildProgram(cli, async (work) => {
    exitCode = await work()
  })
  try {
    const { declareCompletion } = await import('./declare-completion.ts')
    await declareCompletion(program, cli, argv)
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return usageEnd(error, program, cli, argv)
    const known = toCauceError(error, { code: 'BUG', details: {} })
    showError(known, cli.speaker, cli.err)
    return EXIT_CODES[known.class]
  }
}

/** The language asked for, before anything is parsed: the parser's own words depend on it. */
function languageFlag(argv: readonly string[]): string | undefined {
  const end = argv.indexOf('--')
  const words = end < 0 ? argv : argv.slice(0, end)
  const found = words.findLastIndex((word) => word === '--lang' || word.startsWith('--lang='))
  const word = words[found]
  return word === '--lang' ? words[found + 1] : word?.slice('--lang='.length)
}

function packageVersion(): string {
  const manifest = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version
}

/** Help and version end through the parser's errors too; they went well. */
function usageEnd(
  error: CommanderError,
  program: Root,
  { speaker, err }: Cli,
  argv: readonly string[],
): number {
  if (error.code === 'commander.help') return EXIT_CODES.usage
  if (error.exitCode === 0) return EXIT_CODES.done
  err.line(`${err.paint('bad', '✗')} ${usageMessage(error, speaker)}`)
  const command = err.paint('command', `${commandPath(program, argv)} --help`)
  err.line(`  ${speaker.say(usageTexts.seeHelp, { command })}`)
  return EXIT_CODES.usage
}

/** The command the words lead to: `cauce rejects show`. */
function commandPath(program: Root, argv: readonly string[]): string {
  const path = [program.name()]
  let commands: readonly { name(): string; readonly commands: readonly unknown[] }[] = program.commands
  for (const word of argv) {
    const found = commands.find((command) => command.name() === word)
    if (found === undefined) continue
    path.push(word)
    commands = found.commands as typeof commands
  }
  return path.join(' ')
}
