import type { Clock } from '../model/clock.ts'
import type { Language, Text } from '../model/language.ts'
import { fillText } from '../model/language.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import { pingLedger } from '../ledger/ping-ledger.ts'
import { isoMoment } from './api/iso-moment.ts'
import { integer, list, moment, named, nullable, object, oneOf, text, type TypeOf } from './api/schema.ts'
import { endsWithin } from './ends-within.ts'
import type { Health, WaitedServer } from './health.ts'

const REASONS = ['ledger_unreachable', 'server_unreachable', 'scheduler_silent', 'stopping'] as const

/** Why a process is not ready, for machines and people. Told to anybody: no error's text, no address of the ledger. */
export const readinessSchema = named(
  'Readiness',
  object({
    status: oneOf(['ready', 'not_ready']),
    reasons: list(
      object({
        reason: oneOf(REASONS),
        text: text(),
        subject: nullable(text({ description: 'The server that is waited for' })),
        tries: nullable(integer()),
        since: nullable(moment()),
        nextTryAt: nullable(moment()),
      }),
    ),
    scheduler: nullable(
      object({ lastTickAt: nullable(moment({ description: 'When it last looked at what is due' })) }),
    ),
  }),
)

export type Readiness = TypeOf<typeof readinessSchema>
type Reason = Readiness['reasons'][number]

const TEXTS: Readonly<Record<Reason['reason'], Text>> = {
  ledger_unreachable: { en: 'The ledger does not answer.', es: 'La bitácora no responde.' },
  server_unreachable: {
    en: '{subject} cannot be reached; it is tried again.',
    es: 'No se llega a {subject}; se vuelve a intentar.',
  },
  scheduler_silent: {
    en: 'The scheduler has not looked at what is due since {since}.',
    es: 'El planificador no mira lo pendiente desde {since}.',
  },
  stopping: { en: 'It is stopping.', es: 'Se está deteniendo.' },
}

/** A ledger that is silent for longer does not answer. */
const ANSWER_WITHIN_MS = 2_000

/** Anybody may ask, however often; the ledger is not asked oftener than this. */
const ASK_EVERY_MS = 1_000

/** Tells whether a process can do its work now, and why not. */
export class ReadinessCheck {
  readonly #ledger: Ledger
  readonly #clock: Clock
  readonly #health: () => Health
  #asked: { readonly atMs: number; readonly answers: Promise<boolean> } | undefined

  constructor(ledger: Ledger, clock: Clock, health: () => Health) {
    this.#ledger = ledger
    this.#clock = clock
    this.#health = health
  }

  async read(language: Language): Promise<Readiness> {
    const nowMs = this.#clock.now()
    const { waiting, scheduler, isStopping } = this.#health()
    const reasons: Reason[] = []
    if (!(await this.ledgerAnswers())) reasons.push(reason('ledger_unreachable', language))
    for (const server of waiting) reasons.push(waited(server, language))
    if (scheduler !== undefined) {
      const sinceMs = scheduler.lastTickMs ?? scheduler.startedMs
      if (nowMs - sinceMs > scheduler.silentAfterMs)
        reasons.push(reason('scheduler_silent', language, { since: isoMoment(sinceMs) }))
    }
    if (isStopping) reasons.push(reason('stopping', language))
    return {
      status: reasons.length === 0 ? 'ready' : 'not_ready',
      reasons,
      scheduler: scheduler === undefined ? null : { lastTickAt: isoMoment(scheduler.lastTickMs ?? null) },
    }
  }

  async ledgerAnswers(): Promise<boolean> {
    const nowMs = this.#clock.now()
    if (this.#asked === undefined || Math.abs(nowMs - this.#asked.atMs) >= ASK_EVERY_MS)
      this.#asked = {
        atMs: nowMs,
        answers: endsWithin(this.#clock, ANSWER_WITHIN_MS, pingLedger(this.#ledger)),
      }
    return this.#asked.answers
  }
}

function waited({ subject, tries, sinceMs, nextTryMs }: WaitedServer, language: Language): Reason {
  // Whoever reports it shows addresses without passwords; should one slip through, it ends here.
  const shown = subject.replace(/\/\/[^/@]*@/g, '//')
  return reason('server_unreachable', language, {
    subject: shown,
    tries,
    since: isoMoment(sinceMs),
    nextTryAt: isoMoment(nextTryMs),
  })
}

function reason(word: Reason['reason'], language: Language, facts: Partial<Reason> = {}): Reason {
  const { subject = null, tries = null, since = null, nextTryAt = null } = facts
  const filled = fillText(TEXTS[word][language], { subject: subject ?? '', since: since ?? '' })
  return { reason: word, text: filled, subject, tries, since, nextTryAt }
}
