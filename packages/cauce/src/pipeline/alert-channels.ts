import type { Language } from '../model/language.ts'
import type { Setting } from '../model/plan.ts'
import type { SettingInput } from './setting.ts'

interface ChannelOptions {
  /** What it is called in the ledger and by `cauce alerts test`. Default: its kind. */
  readonly name?: string
  /** Default English. */
  readonly language?: Language
  /**
   * Least time between two messages; what happens meanwhile comes together in the next. Default `5m`, for webhooks `0s`.
   */
  readonly pace?: string
}

interface AddressedOptions extends ChannelOptions {
  /** Allows plain http to other machines: what is said can be read and changed on the way. */
  readonly insecure?: boolean
}

export interface MailOptions extends ChannelOptions {
  /** The SMTP server. */
  readonly host: SettingInput
  /** Default 587, with `tls: 'implicit'` 465. */
  readonly port?: SettingInput | number
  /** `starttls` (default): TLS or nothing. `implicit`: TLS from the first byte. `none`: for a server of this machine. */
  readonly tls?: 'starttls' | 'implicit' | 'none'
  /** PEM file of the authority that signed the server's certificate, where the system does not know it. */
  readonly ca?: SettingInput
  readonly user?: SettingInput
  /** `secret('SMTP_PASSWORD')`: never written down. */
  readonly password?: Setting
  /** `cauce@example.com` or `Cauce <cauce@example.com>`. */
  readonly from: SettingInput
  /** Addresses; one text may hold several, with commas between. */
  readonly to: SettingInput | readonly SettingInput[]
  /** Allows `tls: 'none'` to other machines: password and messages can be read on the way. */
  readonly insecure?: boolean
}

export interface MailChannel extends MailOptions {
  readonly kind: 'mail'
}

export interface WebhookChannel extends AddressedOptions {
  readonly kind: 'webhook'
  readonly url: Setting
  readonly secret: Setting
}

export interface ChatChannel extends AddressedOptions {
  readonly kind: 'slack' | 'teams'
  readonly url: Setting
}

/** Where alerts go. One declaration may stand in several alerts. */
export type Channel = MailChannel | WebhookChannel | ChatChannel

/**
 * E-mail by SMTP.
 *
 * @example
 * mail({ host: 'smtp.example.com', user: 'cauce', password: secret('SMTP_PASSWORD'), from: 'cauce@example.com', to: 'data@example.com' })
 */
export function mail(options: MailOptions): MailChannel {
  return { kind: 'mail', ...options }
}

/**
 * JSON by POST to an address from the environment, signed with HMAC-SHA256 under `secret` (docs/alerts.md says how to check it).
 *
 * @example
 * webhook(secret('ALERTS_URL'), { secret: secret('ALERTS_KEY') })
 */
export function webhook(
  url: Setting,
  options: AddressedOptions & { readonly secret: Setting },
): WebhookChannel {
  return { kind: 'webhook', url, ...options }
}

/** A channel of Slack, by its incoming webhook: `slack(secret('SLACK_URL'))`. */
export function slack(url: Setting, options: AddressedOptions = {}): ChatChannel {
  return { kind: 'slack', url, ...options }
}

/** A channel of Microsoft Teams, by the webhook of a workflow: `teams(secret('TEAMS_URL'))`. */
export function teams(url: Setting, options: AddressedOptions = {}): ChatChannel {
  return { kind: 'teams', url, ...options }
}
