import { hostname } from 'node:os'
import { pino } from 'pino'
import type { Clock } from '../model/clock.ts'
import { figuresIn } from '../model/figures.ts'
import { fillText, type Language, type Text } from '../model/language.ts'
import { dateInZone } from '../plan/periods.ts'
import { LOG_EVENTS, LOG_LEVELS, type LogEventName, type LogLevel } from './log-events.ts'
import { LogFile, type LogFileTools } from './log-file.ts'
import { claimItemLog, type LoggedItem, orchestratorLog } from './log-places.ts'
import { fieldFormat, logSentence } from './log-record.ts'
import { plainValue } from './plain-value.ts'
import { redactor } from './redactor.ts'

export interface OpenLogsRequest {
  readonly home: { readonly logs: string }
  readonly clock: Clock
  /** Every secret of the project (`secretsOf`); none of them reaches a line, however spelled. */
  readonly secrets: readonly string[]
  /** Of the sentences in the files; screens say them in their reader's. Default: English. */
  readonly language?: Language | undefined
  /** Less than this is not written. Default: info. */
  readonly level?: LogLevel | undefined
  /** The zone that decides which day a line of the orchestrator belongs to. Default: the machine's own. */
  readonly timezoneOf?: (pipeline: string | undefined) => string | undefined
  /** Is given every line of the orchestrator's log too, as JSON with its end. */
  readonly mirror?: ((line: string) => void) | undefined
  /** Told once when logs cannot be written. Default: standard error. */
  readonly onTrouble?: ((sentence: string) => void) | undefined
}

/** What a line tells beside its event; see `LogRecord`. Any value: it is made plain and redacted. */
export interface LogFields {
  readonly pipeline?: string | undefined
  readonly run?: string | undefined
  readonly item?: number | undefined
  readonly key?: string | undefined
  readonly error?: unknown
  readonly [field: string]: unknown
}

/** Where lines go. Writing never waits, never throws, and never fails the work it tells of. */
export interface Log {
  readonly write: (event: LogEventName, fields?: LogFields) => void
}

export interface Logs extends AsyncDisposable {
  /** What the process does: `logs/YYYYMMDD/orchestrator_YYYYMMDD.log`. */
  readonly orchestrator: Log
  /** One item in a run of this business day (yyyy-MM-dd): `logs/YYYYMMDD/<the file's name>.log`. */
  readonly item: (item: LoggedItem & { readonly id?: number }, runDay: string) => Log
  /** Takes the secrets out of a text for somewhere else. */
  readonly redact: (text: string) => string
  /** Waits for what was written to lie in the files; a disk that hangs is given up after a while. */
  readonly close: () => Promise<void>
}

/** How long the end of a process may wait for its logs. */
const CLOSE_WAIT_MS = 5_000

/** Files of items that are remembered; of the others the name is found again. */
const MOST_ITEMS = 500

/** Fields that name things of ours or are counted by us: none can hold a secret, and searching needs them as they are. */
const OWN_FIELDS = new Set(['pipeline', 'run', 'item', 'state', 'stage', 'attempt', 'rule', 'cause', 'level'])
const RESERVED = new Set(['level', 'time', 'worker', 'event', 'msg'])

const TROUBLE: Text = {
  en: 'Logs cannot be written to {path}: {detail}. The work goes on without them; make room or mend the permissions.',
  es: 'No se pueden escribir registros en {path}: {detail}. El trabajo sigue sin ellos; libere espacio o corrija los permisos.',
}

/** Opens the logs of a process. Nothing is touched before the first line. */
export function openLogs(request: OpenLogsRequest): Logs {
  return new OpenLogs(request)
}

class OpenLogs implements Logs {
  readonly orchestrator: Log
  readonly redact: (text: string) => string
  readonly #request: OpenLogsRequest
  readonly #line: LineMaker
  readonly #busy = new Set<LogFile>()
  readonly #tools: LogFileTools
  /** The orchestrator's files by day; a day that is over makes room. */
  readonly #days = new Map<string, LogFile>()
  /** The last written of come last. */
  readonly #items = new Map<string, LogFile>()
  #isTroubled = false

  constructor(request: OpenLogsRequest) {
    this.#request = request
    this.redact = redactor(request.secrets)
    this.#line = lineMaker(request, this.redact)
    this.#tools = {
      onTrouble: (error, path) => this.#tellTrouble(error, path),
      lostLine: (count) => this.#line('lines-lost', { count }) ?? '',
    }
    this.orchestrator = { write: (event, fields = {}) => this.#writeOrchestrator(event, fields) }
  }

  item(item: LoggedItem & { readonly id?: number }, runDay: string): Log {
    const { logs } = this.#request.home
    const own = { pipeline: item.pipeline, key: item.key, ...(item.id !== undefined && { item: item.id }) }
    const claim = async (): Promise<string> =>
      claimItemLog(logs, item, { day: runDay, head: this.#line('log-started', own) ?? '' })
    const name = `${runDay} ${item.pipeline}\0${item.key}`
    return {
      write: (event, fields = {}) =>
        this.#add(this.#itemFile(name, claim), this.#line(event, { ...own, ...fields })),
    }
  }

  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_WAIT_MS)
    })
    await Promise.race([this.#allWritten(), tooLong])
    clearTimeout(timer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #writeOrchestrator(event: LogEventName, fields: LogFields): void {
    const line = this.#line(event, fields)
    if (line === undefined) return
    const { clock, timezoneOf } = this.#request
    const day = dateInZone(clock.now(), timezoneOf?.(fields.pipeline) ?? ownTimezone())
    this.#add(this.#orchestratorFile(day), line)
    try {
      this.#request.mirror?.(line)
    } catch {
      // A terminal that is gone must not stop the work.
    }
  }

  /** All who write of one item write through one file, so that its lines keep their order. */
  #itemFile(name: string, claim: () => Promise<string>): LogFile {
    const file = this.#items.get(name) ?? new LogFile(claim, this.#tools)
    this.#items.delete(name)
    this.#items.set(name, file)
    if (this.#items.size > MOST_ITEMS)
      for (const [old, { isBusy }] of this.#items)
        if (!isBusy) {
          this.#items.delete(old)
          break
        }
    return file
  }

  #orchestratorFile(day: string): LogFile {
    const known = this.#days.get(day)
    if (known !== undefined) return known
    const path = orchestratorLog(this.#request.home.logs, day)
    const file = new LogFile(async () => path, this.#tools)
    this.#days.set(day, file)
    // Pipelines of all zones share at most three days.
    for (const old of [...this.#days.keys()].toSorted().slice(0, -3)) this.#days.delete(old)
    return file
  }

  #add(file: LogFile, line: string | undefined): void {
    if (line === undefined) return
    file.add(line)
    if (!this.#busy.has(file)) void this.#watch(file)
  }

  async #watch(file: LogFile): Promise<void> {
    this.#busy.add(file)
    while (file.isBusy) await file.written()
    this.#busy.delete(file)
  }

  async #allWritten(): Promise<void> {
    while (this.#busy.size > 0) await Promise.all([...this.#busy].map(async (file) => file.written()))
  }

  #tellTrouble(error: unknown, path: string): void {
    if (this.#isTroubled) return
    this.#isTroubled = true
    const { language = 'en', home, onTrouble = tellStandardError } = this.#request
    const detail = error instanceof Error ? error.message : String(error)
    onTrouble(this.redact(fillText(TROUBLE[language], { path: path === '' ? home.logs : path, detail })))
  }
}

function tellStandardError(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
}

function ownTimezone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** What a file is known by, and what it lacks, whatever its level. */
const ALWAYS = new Set<LogEventName>(['log-started', 'lines-lost'])

/** Makes the line of an event; undefined where its level is below what is wanted. */
type LineMaker = (event: LogEventName, fields: LogFields) => string | undefined

function lineMaker(request: OpenLogsRequest, redact: (text: string) => string): LineMaker {
  const { clock, language = 'en', level = 'info' } = request
  const format = fieldFormat(figuresIn(language), (ms) => new Date(ms).toISOString())
  const least = LOG_LEVELS.indexOf(level)
  const worker = `${hostname()}:${process.pid}`
  let made: string | undefined
  const logger = pino(
    {
      level: 'debug',
      base: null,
      messageKey: 'msg',
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (line: string) => {
        made = line
      },
    },
  )
  return (event, fields) => {
    const { level: eventLevel } = LOG_EVENTS[event]
    if (!ALWAYS.has(event) && LOG_LEVELS.indexOf(eventLevel) < least) return undefined
    const plain = plainFields(fields, redact, language)
    made = undefined
    logger[eventLevel]({ worker, event, ...plain }, redact(logSentence(event, plain, language, format)))
    return made
  }
}

function plainFields(
  fields: LogFields,
  redact: (text: string) => string,
  language: Language,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([name, value]) => value !== undefined && !RESERVED.has(name))
      .map(([name, value]) => [
        name,
        OWN_FIELDS.has(name) && typeof value !== 'object' ? value : plainValue(value, redact, language),
      ]),
  )
}
