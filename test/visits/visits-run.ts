import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const command = join(repository, 'packages/cauce/bin/cauce.js')
const example = join(repository, 'examples/visitas')

/** What a command left behind. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

interface JsonItem {
  readonly key: string
  readonly state: string
  readonly label: string
  readonly read: number
  readonly loaded: number
  readonly rejected: number
  readonly skipped: number
  readonly warnings: number
}

/** The document of `cauce run --json`. */
export interface RunDocument {
  readonly runs: readonly {
    readonly pipeline: string
    readonly run: string
    readonly state: string
    readonly items: readonly JsonItem[]
    readonly totals: Readonly<
      Record<'items' | 'read' | 'loaded' | 'rejected' | 'skipped' | 'warnings', number>
    >
  }[]
}

/** The visits example on folders of its own, run as people run it: by the command, in processes of its own. */
export class VisitsRun implements AsyncDisposable {
  readonly folder: string
  readonly source: string
  readonly home: string
  readonly #project: string
  readonly #running = new Set<ChildProcess>()
  /** Set to load elsewhere than into `visitas.duckdb` in the folder. */
  destination: string
  /** Added to every command's environment. */
  readonly env: Record<string, string> = {
    VISITAS_FECHA_REFERENCIA: '2013-02-28',
    // Failures that are meant to stay are not waited for.
    VISITAS_ESPERA: '100ms',
  }

  constructor(
    options: {
      readonly destination?: string
      readonly files?: string
      readonly under?: string
      /** Folder of another project that declares `visitas`. */
      readonly project?: string
    } = {},
  ) {
    this.#project = options.project ?? example
    this.folder = mkdtempSync(join(options.under ?? tmpdir(), 'cauce-visits-'))
    this.source = join(this.folder, 'entrada')
    this.home = join(this.folder, 'home')
    this.destination = options.destination ?? `duckdb:${join(this.folder, 'visitas.duckdb')}`
    mkdirSync(this.source)
    cpSync(options.files ?? join(example, 'entrada'), this.source, { recursive: true })
    this.settle()
  }

  /** Lets the files look old: a file untouched for a minute needs no second look, which would cost each run a second. */
  settle(): void {
    for (const name of readdirSync(this.source))
      utimesSync(join(this.source, name), 1_000_000_000, 1_000_000_000)
  }

  /** Starts `cauce <words> --project …`; `ended` resolves when it is over. */
  start(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, [command, ...words, '--project', this.#project], {
      cwd: this.folder,
      env: {
        ...process.env,
        CAUCE_HOME: this.home,
        VISITAS_ORIGEN: this.source,
        VISITAS_DESTINO: this.destination,
        VISITAS_RESPALDO: join(this.folder, 'respaldo'),
        LANG: 'C.UTF-8',
        NODE_OPTIONS: '',
        ...this.env,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#running.add(child)
    child.once('close', () => this.#running.delete(child))
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) =>
        resolve({
          code,
          signal,
          stdout: Buffer.concat(out).toString(),
          stderr: Buffer.concat(err).toString(),
        }),
      )
    })
    return { child, ended }
  }

  async cauce(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.start(words, env).ended
  }

  /** `cauce run visitas --json`, parsed. */
  async run(
    env: Readonly<Record<string, string>> = {},
    flags: readonly string[] = [],
  ): Promise<Ended & { readonly document: RunDocument | undefined }> {
    const ended = await this.cauce(['run', 'visitas', '--json', ...flags], env)
    return { ...ended, document: parse(ended.stdout) }
  }

  /** Files of attempts and unfinished writes: there must be none once things are calm. */
  leftovers(): readonly string[] {
    const all = readdirSync(this.folder, { recursive: true, encoding: 'utf8' })
    return all.filter((path) => /(^|\/)spool\/.|\.part$|\.tmp$|duckdb-temp|quarantine\/\./.test(path))
  }

  /** A test that failed in the middle leaves no process behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running) child.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function parse(text: string): RunDocument | undefined {
  try {
    const found: unknown = JSON.parse(text)
    return typeof found === 'object' && found !== null && 'runs' in found ? (found as RunDocument) : undefined
  } catch {
    return undefined
  }
}
