import type { Clock } from '../model/clock.ts'
import type { ChannelSettings } from '../plan/alerts/resolve-channels.ts'
import { addressedSender } from './addressed-sender.ts'
import { mailSender } from './mail-sender.ts'
import type { Sender } from './sender.ts'

/** The sender of a channel; connects to nothing yet. `timeoutMs`: how long one message may take. */
export function openSender(
  settings: ChannelSettings,
  options: { readonly clock: Clock; readonly timeoutMs?: number | undefined },
): Sender {
  return settings.kind === 'mail' ? mailSender(settings, options) : addressedSender(settings, options)
}
