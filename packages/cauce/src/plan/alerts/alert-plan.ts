import type { ItemState } from '../../model/item-state.ts'
import type { Language } from '../../model/language.ts'
import type { Setting } from '../../model/plan.ts'
import type { FailureKind } from '../../pipeline/alerts.ts'

/** What a project's alerts compile to: plain data, no secrets, no environment values. Apart from plans and their hashes. */
export interface AlertsPlan {
  readonly alerts: readonly AlertPlan[]
  readonly channels: readonly ChannelPlan[]
  /** What messages need to know of each pipeline of the project. */
  readonly pipelines: Readonly<Record<string, PipelineWords>>
}

export interface PipelineWords {
  /** Its own words for states. */
  readonly states: Readonly<Partial<Record<ItemState, string>>>
  readonly timezone: string
}

export interface AlertPlan {
  /** Unique in the project; `rule` in the ledger. */
  readonly name: string
  readonly rule: RulePlan
  /** The pipelines it looks at. */
  readonly pipelines: readonly string[]
  /** Whether they were named one by one: of such a pipeline something is expected even if it has no schedule. */
  readonly isNamed: boolean
  /** Names of channels. */
  readonly channels: readonly string[]
  readonly recovery: boolean
  readonly includeRows: number
}

export type RulePlan =
  | { readonly kind: 'failure'; readonly of: readonly FailureKind[] }
  | { readonly kind: 'quarantine' }
  | {
      readonly kind: 'reject_rate'
      readonly of: 'file' | 'day'
      /** Rejected rows of 100 read. */
      readonly overPercent: number
      readonly minRows: number
      /** Undefined: each pipeline's own. */
      readonly timezone: string | undefined
    }
  | { readonly kind: 'late_start' | 'not_finished'; readonly day: DayTime }
  /** `day` undefined: after each scheduled run. */
  | { readonly kind: 'no_files'; readonly day: DayTime | undefined }
  | { readonly kind: 'disk_short'; readonly leastBytes: number }

/** A time of some days on the clock of a zone. */
export interface DayTime {
  /** As it was written: `06:00`. */
  readonly at: string
  readonly hour: number
  readonly minute: number
  readonly timezone: string
  /** 0 is Sunday. */
  readonly weekdays: readonly number[]
}

interface ChannelBase {
  readonly name: string
  readonly language: Language
  readonly paceMs: number
  readonly insecure: boolean
}

export interface MailPlan extends ChannelBase {
  readonly kind: 'mail'
  readonly host: Setting
  readonly port: Setting
  readonly tls: 'starttls' | 'implicit' | 'none'
  readonly ca: Setting | undefined
  readonly user: Setting | undefined
  readonly password: Setting | undefined
  readonly from: Setting
  readonly to: readonly Setting[]
}

export interface WebhookPlan extends ChannelBase {
  readonly kind: 'webhook'
  readonly url: Setting
  readonly secret: Setting
}

export interface ChatPlan extends ChannelBase {
  readonly kind: 'slack' | 'teams'
  readonly url: Setting
}

export type ChannelPlan = MailPlan | WebhookPlan | ChatPlan
