import { CauceError } from '../model/cauce-error.ts'
import type { Ledger } from './ledger-access.ts'

/**
 * A ledger for those who stand before it can be reached: whoever asks it is told LEDGER_UNREACHABLE, until the real one has
 * arrived. It is closed with this one.
 */
export class LateLedger implements Ledger {
  readonly displayUrl: string
  #arrived: Ledger | undefined

  /** `displayUrl`: where it will lie, for people; never a password. */
  constructor(displayUrl: string) {
    this.displayUrl = displayUrl
  }

  arrive(ledger: Ledger): void {
    this.#arrived = ledger
  }

  get dialect(): Ledger['dialect'] {
    return this.#real.dialect
  }

  get path(): string | undefined {
    return this.#real.path
  }

  get schema(): string | undefined {
    return this.#real.schema
  }

  get db(): Ledger['db'] {
    return this.#real.db
  }

  readonly insist = async <Answer>(act: () => Promise<Answer>): Promise<Answer> => this.#real.insist(act)

  async close(): Promise<void> {
    await this.#arrived?.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  get #real(): Ledger {
    if (this.#arrived !== undefined) return this.#arrived
    throw new CauceError('LEDGER_UNREACHABLE', {
      url: this.displayUrl,
      detail: 'it has not been opened yet',
      detalle: 'aún no se ha abierto',
    })
  }
}
