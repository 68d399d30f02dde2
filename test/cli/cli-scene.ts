import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packageFolder = fileURLToPath(new URL('../../packages/cauce', import.meta.url))
const command = join(packageFolder, 'bin/cauce.js')

/** What a command left behind. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A pipeline of three columns with a rule of every level, into a DuckDB file beside it. */
export const SALES = `
import { append, check, contract, csv, date, email, env, files, integer, pipeline, rejects, sql, upsert, valid } from 'cauce'

const venta = contract('venta', { correo: email(), piezas: integer().min(0), dia: date('dd/MM/yyyy').nullable() },
  { checks: [check('con_dia', sql\`dia IS NOT NULL\`, { level: 'warning' })] })

export default pipeline('ventas', {
  from: files(env('VENTAS_ORIGEN', './entrada'), '*.csv'),
  read: csv(),
  contract: venta,
  tables: {
    malas: append(rejects),
    ventas: append(valid),
    clientes: upsert({
      key: 'correo',
      from: sql\`SELECT correo, sum(piezas) AS piezas FROM valid GROUP BY correo\`,
      merge: { piezas: 'sum' },
      detail: 'ventas',
    }),
  },
  into: env('VENTAS_DESTINO', 'duckdb:./ventas.duckdb'),
  states: { ready: 'LISTO', failed_layout: 'MALO' },
  retry: { attempts: 1 },
})
`

export const HEADER = 'correo,piezas,dia\n'

/** A project folder of its own, and the command run on it as people run it. */
export class CliScene implements Disposable {
  readonly folder: string
  readonly #running = new Set<ChildProcess>()

  constructor(files: Readonly<Record<string, string>> = { 'ventas.ts': SALES }) {
    this.folder = mkdtempSync(join(tmpdir(), 'cauce-cli-'))
    mkdirSync(join(this.folder, 'node_modules'))
    symlinkSync(packageFolder, join(this.folder, 'node_modules/cauce'))
    mkdirSync(join(this.folder, 'entrada'))
    for (const [path, text] of Object.entries(files)) this.write(path, text)
  }

  /** Writes a file that looks old: it needs no second look, which would cost each run a second. */
  write(path: string, text: string): void {
    const place = join(this.folder, path)
    mkdirSync(dirname(place), { recursive: true })
    writeFileSync(place, text)
    utimesSync(place, 1_000_000_000, 1_000_000_000)
  }

  /** Starts `cauce <words>` in the project folder; `ended` resolves when it is over. */
  start(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
    return this.#startNode([command, ...words], env)
  }

  /** Runs a program of the folder that imports the package. */
  async program(file: string): Promise<Ended> {
    return this.#startNode(['--conditions=cauce-source', file], {}).ended
  }

  #startNode(args: readonly string[], env: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, args, {
      cwd: this.folder,
      env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: '', NODE_OPTIONS: '', npm_command: undefined, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#running.add(child)
    child.once('close', () => this.#running.delete(child))
    const [out, err]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) =>
        resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
      )
    })
    return { child, ended }
  }

  async cauce(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.start(words, env).ended
  }

  /** The same, its standard output read as the one JSON document it must be. */
  async json(
    words: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Ended & { readonly document: unknown }> {
    const ended = await this.cauce([...words, '--json'], env)
    return { ...ended, document: JSON.parse(ended.stdout) as unknown }
  }

  /** A test that failed in the middle leaves no process behind. */
  [Symbol.dispose](): void {
    for (const child of this.#running) child.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}
