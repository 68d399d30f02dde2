import type { Clock } from '../model/clock.ts'
import { redactor } from '../logs/redactor.ts'
import { type ChatSettings, channelSecrets, type WebhookSettings } from '../plan/alerts/resolve-channels.ts'
import type { AlertMessage } from './compose-message.ts'
import { postJson } from './post-json.ts'
import type { Sender } from './sender.ts'
import { signBody } from './sign-body.ts'
import { slackBody } from './slack-body.ts'
import { teamsBody } from './teams-body.ts'
import { webhookBody } from './webhook-body.ts'

/** How long an address may take to answer. */
const TIMEOUT_MS = 10_000

/** Sends to an address: a webhook of anybody, of Slack or of Teams. */
export function addressedSender(
  settings: WebhookSettings | ChatSettings,
  { clock, timeoutMs = TIMEOUT_MS }: { readonly clock: Clock; readonly timeoutMs?: number | undefined },
): Sender {
  const { name: channel, host, url } = settings
  const redact = redactor(channelSecrets(settings))
  return {
    channel,
    host,
    async send(message, signal) {
      const nowMs = clock.now()
      const body = JSON.stringify(bodyOf(settings, message, nowMs))
      const headers = headersOf(settings, message, body, nowMs)
      return postJson({ channel, host, url, body, headers, timeoutMs, nowMs, redact, signal })
    },
  }
}

function bodyOf({ kind }: WebhookSettings | ChatSettings, message: AlertMessage, nowMs: number): unknown {
  switch (kind) {
    case 'webhook':
      return webhookBody(message, nowMs)
    case 'slack':
      return slackBody(message)
    case 'teams':
      return teamsBody(message)
  }
}

function headersOf(
  settings: WebhookSettings | ChatSettings,
  { id }: AlertMessage,
  body: string,
  nowMs: number,
): Readonly<Record<string, string>> {
  if (settings.kind !== 'webhook') return {}
  return { 'cauce-delivery': id, 'cauce-signature': signBody(body, settings.secret, nowMs) }
}
