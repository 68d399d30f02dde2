import { type CommandUnknownOpts, type HelpConfiguration, Help } from '@commander-js/extra-typings'
import { placeholdersInLanguage } from './placeholders-in-language.ts'
import type { Speaker } from './speaker.ts'
import type { Screen } from './terminal/screen.ts'
import { textWidth } from './terminal/text-width.ts'
import { helpTexts } from './texts/help-texts.ts'

/** The parser's own words in its help, in English, and ours for them. */
const TITLES = {
  'Usage:': helpTexts.usageTitle,
  'Arguments:': helpTexts.argumentsTitle,
  'Options:': helpTexts.optionsTitle,
  'Global Options:': helpTexts.globalTitle,
  'Commands:': helpTexts.commandsTitle,
} as const

/** How help is laid out and worded: everything in the reader's language, colours where the screen takes them. */
export function helpInLanguage({ say }: Speaker, screen: Screen): HelpConfiguration {
  const worded = (text: string): string =>
    placeholdersInLanguage(
      text.replace('[options]', say(helpTexts.optionsMark)).replace('[command]', say(helpTexts.commandMark)),
      say,
    )
  const plain = new Help()
  plain.showGlobalOptions = true
  return {
    showGlobalOptions: true,
    displayWidth: (text) => textWidth(text.replace(ANSI, '')),
    styleTitle: (title) =>
      screen.paint('heading', title in TITLES ? say(TITLES[title as keyof typeof TITLES]) : title),
    styleCommandText: (text) => screen.paint('command', text),
    styleSubcommandText: (text) => screen.paint('command', text),
    styleOptionText: (text) => screen.paint('command', text),
    styleArgumentText: (text) => screen.paint('command', text),
    visibleGlobalOptions: (command) =>
      plain.visibleGlobalOptions(command).filter(({ long }) => long !== '--version'),
    commandUsage: (command) => worded(plain.commandUsage(command)),
    subcommandTerm: (command) => worded([command.name(), ...argumentsOf(command)].join(' ')),
    argumentTerm: (argument) => worded(`<${argument.name()}`).slice(1),
    optionTerm: ({ flags }) => worded(flags),
    optionDescription: ({ description, argChoices }) => withChoices(description, argChoices, say),
    argumentDescription: ({ description, argChoices }) => withChoices(description, argChoices, say),
  }
}

// oxlint-disable-next-line no-control-regex
const ANSI = /\x1b\[[0-9;]*m/g

function argumentsOf({ registeredArguments }: CommandUnknownOpts): readonly string[] {
  return registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? '...' : '')
    return argument.required ? `<${name}>` : `[${name}]`
  })
}

function withChoices(
  description: string,
  choices: readonly string[] | undefined,
  say: Speaker['say'],
): string {
  if (choices === undefined) return description
  return `${description} (${say(helpTexts.choices, { list: choices.join(', ') })})`
}
