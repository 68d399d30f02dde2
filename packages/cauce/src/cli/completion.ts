import tab from '@bomb.sh/tab/commander'
import { loadProject } from '../ops/load-project.ts'
import type { Cli } from './cli.ts'
import type { Root } from './program.ts'
import { helpTexts } from './texts/help-texts.ts'

/** Arguments and options whose values are names of the project's pipelines. */
const PIPELINE_ARGUMENTS = ['pipelines', 'pipeline']
const PIPELINE_OPTION = 'pipeline'

/** Adds `completion <shell>` and the hidden `complete -- <words>` that its script calls. */
export async function addCompletion(root: Root, cli: Cli, argv: readonly string[]): Promise<void> {
  // The parser's typed face and its plain one are the same class at run time.
  const completions = tab(root as unknown as Parameters<typeof tab>[0], {
    completionCommandName: 'completion',
  })
  root.commands
    .find((command) => command.name() === 'completion')
    ?.description(cli.speaker.say(helpTexts.completion))
  const names = await pipelineNames(cli, argv)
  const tellNames = (tell: (value: string, description: string) => void): void => {
    for (const { name, file } of names) tell(name, file)
  }
  for (const command of completions.commands.values()) {
    for (const argument of PIPELINE_ARGUMENTS) {
      const known = command.arguments.get(argument)
      if (known !== undefined) command.argument(argument, tellNames, known.variadic)
    }
    const option = command.options.get(PIPELINE_OPTION)
    if (option !== undefined) command.option(PIPELINE_OPTION, option.description, tellNames)
  }
}

/** Names to offer. A project that cannot be loaded offers none: completion is no place for complaints. */
async function pipelineNames(
  { environment, currentFolder }: Cli,
  argv: readonly string[],
): Promise<readonly { readonly name: string; readonly file: string }[]> {
  if (!argv.includes('complete')) return []
  const folder = argv[argv.indexOf('--project') + 1]
  const asked = argv.includes('--project') ? { folder } : {}
  const project = await loadProject({ ...asked, environment, currentFolder }).catch(() => undefined)
  return project?.pipelines ?? []
}
