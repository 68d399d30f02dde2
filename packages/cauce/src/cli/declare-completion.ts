import { Argument } from '@commander-js/extra-typings'
import type { Cli } from './cli.ts'
import { COMPLETION_SHELLS, type Root } from './program.ts'
import { helpTexts } from './texts/help-texts.ts'

/**
 * `completion <shell>` prints the shell's script; the script then asks `cauce complete -- <words>`. The library that does both is
 * loaded for these two words only; everybody else just sees the command in the help.
 */
export async function declareCompletion(root: Root, cli: Cli, argv: readonly string[]): Promise<void> {
  const { say } = cli.speaker
  if (argv.includes('completion') || argv.includes('complete')) {
    const { addCompletion } = await import('./completion.ts')
    await addCompletion(root, cli, argv)
    return
  }
  root
    .command('completion')
    .description(say(helpTexts.completion))
    .addArgument(new Argument('<shell>', say(helpTexts.shell)).choices(COMPLETION_SHELLS))
}
