import { Option } from '@commander-js/extra-typings'
import { LOG_LEVELS } from '../logs/log-events.ts'
import type { Speaker } from './speaker.ts'
import { logTexts } from './texts/log-texts.ts'

/** `--log-format`, of every command that runs for long. */
export function logFormatOption({ say }: Speaker) {
  return new Option('--log-format <format>', say(logTexts.logFormat)).choices(['human', 'json'] as const)
}

/** `--log-level`, of the same commands. */
export function logLevelOption({ say }: Speaker) {
  return new Option('--log-level <level>', say(logTexts.logLevel))
    .choices(LOG_LEVELS)
    .default('info' as const)
}
