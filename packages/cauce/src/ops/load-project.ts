import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseEnv } from 'node:util'
import { CauceError } from '../model/cauce-error.ts'
import type { Plan } from '../model/plan.ts'
import { isPipeline, type Pipeline } from '../pipeline/pipeline.ts'
import { isProject, type KeepPolicy, project, type Project } from '../pipeline/project.ts'
import { compileAlerts, type CompiledAlerts } from '../plan/alerts/compile-alerts.ts'
import { compilePlan } from '../plan/compile-plan.ts'
import { absoluteLocation, resolveSetting, type Surroundings } from '../plan/resolve-settings.ts'
import { type ProjectHome, projectHome } from '../dispatch/project-home.ts'
import { checkedPolicy } from './retention/checked-policy.ts'

export interface ProjectRequest {
  /** The project's folder, relative to the current one. Default: the current folder. */
  readonly folder?: string | undefined
  /** Overrules what the project and its surroundings say; relative to the current folder. */
  readonly home?: string | undefined
  readonly ledger?: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly currentFolder: string
}

/** One pipeline of a project, compiled. */
export interface LoadedPipeline {
  readonly name: string
  /** File that declares it, relative to the project folder. */
  readonly file: string
  readonly plan: Plan
}

/** A project with everything its commands need; paths are absolute. */
export interface LoadedProject {
  readonly folder: string
  /** Undefined: it has none of its own. */
  readonly name: string | undefined
  /** At least one, each name once, in the order declared. */
  readonly pipelines: readonly LoadedPipeline[]
  readonly home: ProjectHome
  /** May hold a password: for opening, never for showing. */
  readonly ledgerUrl: string
  readonly surroundings: Surroundings
  readonly keep: KeepPolicy
  /** Of the project and of each pipeline, with what is wrong with them. */
  readonly alerts: CompiledAlerts
}

const CONFIG_FILES = ['cauce.config.ts', 'cauce.config.mts', 'cauce.config.js', 'cauce.config.mjs']

/**
 * Loads the project in a folder: `cauce.config.ts`, or without it every `*.ts` directly in the folder whose default export is
 * a pipeline. Runs the project's own modules, touches nothing else.
 * @throws {CauceError} PROJECT_MISSING, PROJECT_EMPTY, PROJECT_IMPORT, PROJECT_EXPORT, PIPELINE_REPEATED, CONFIG_INVALID
 */
export async function loadProject(request: ProjectRequest): Promise<LoadedProject> {
  const folder = resolve(request.currentFolder, request.folder ?? '.')
  const names = await fileNames(folder)
  const config = CONFIG_FILES.find((name) => names.includes(name))
  const { declared, files } =
    config === undefined ? await declaredByFiles(folder, names) : await declaredByConfig(folder, config)
  return assemble(declared, files, folder, request)
}

/** The same for a project declared by the calling program: relative paths start at `request.folder`. */
export async function adoptProject(declared: Project, request: ProjectRequest): Promise<LoadedProject> {
  const folder = resolve(request.currentFolder, request.folder ?? '.')
  const files = declared.pipelines.map(() => 'project()')
  return assemble(declared, files, folder, request)
}

async function fileNames(folder: string): Promise<readonly string[]> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isFolder) throw new CauceError('PROJECT_MISSING', { folder })
  return (await readdir(folder)).toSorted()
}

interface Declared {
  readonly declared: Project
  /** Where each pipeline is declared. */
  readonly files: readonly string[]
}

async function declaredByConfig(folder: string, file: string): Promise<Declared> {
  const found = await defaultExport(folder, file)
  if (!isProject(found)) throw new CauceError('PROJECT_EXPORT', { file: join(folder, file) })
  return { declared: found, files: found.pipelines.map(() => file) }
}

async function declaredByFiles(folder: string, names: readonly string[]): Promise<Declared> {
  const found: { readonly file: string; readonly pipeline: Pipeline }[] = []
  for (const file of names.filter(mayDeclare)) {
    // Importing runs a file: scripts that export nothing by default are not touched.
    const text = await readFile(join(folder, file), 'utf8')
    if (!/\bexport\s+default\b|\bas\s+default\b/.test(text)) continue
    const exported = await defaultExport(folder, file)
    if (isPipeline(exported)) found.push({ file, pipeline: exported })
  }
  if (found.length === 0) throw new CauceError('PROJECT_EMPTY', { folder })
  return {
    declared: project({ pipelines: found.map(({ pipeline }) => pipeline) }),
    files: found.map(({ file }) => file),
  }
}

function mayDeclare(file: string): boolean {
  return /\.m?ts$/.test(file) && !/\.(d|test|spec|config)\.m?ts$/.test(file)
}

async function defaultExport(folder: string, file: string): Promise<unknown> {
  const path = join(folder, file)
  try {
    const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown }
    return module.default
  } catch (error) {
    throw importError(error, path, folder)
  }
}

function importError(error: unknown, file: string, folder: string): CauceError {
  if (!(error instanceof Error))
    return new CauceError('PROJECT_IMPORT', { file, detail: String(error) }, { cause: error })
  const missing = /^Cannot find package '([^']+)'/.exec(error.message)?.[1]
  if (missing !== undefined)
    return new CauceError('PROJECT_PACKAGE', { file, package: missing }, { cause: error })
  const place = placeOf(error, folder)
  const detail = `${error.name}: ${error.message}${place === undefined ? '' : ` (${place})`}`
  return new CauceError('PROJECT_IMPORT', { file, detail }, { cause: error })
}

/** File and line of the project that an error speaks of: `visitas.ts:3`. */
function placeOf({ stack = '' }: Error, folder: string): string | undefined {
  for (const [, path = '', line = ''] of stack.matchAll(/(?:file:\/\/)?(\/[^\s()]+\.[cm]?[jt]s):(\d+)/g)) {
    const inside = relative(folder, decodeURI(path))
    if (!inside.startsWith('..') && !inside.includes('node_modules')) return `${inside}:${line}`
  }
  return undefined
}

async function assemble(
  declared: Project,
  files: readonly string[],
  folder: string,
  request: ProjectRequest,
): Promise<LoadedProject> {
  const { environment, currentFolder } = request
  const surroundings: Surroundings = {
    environment,
    dotenv: await readDotenv(folder),
    projectFolder: folder,
    currentFolder,
  }
  const pipelines = declared.pipelines.map((pipeline, index) => compiled(pipeline, files[index] ?? ''))
  if (pipelines.length === 0) throw new CauceError('PROJECT_EMPTY', { folder })
  refuseRepeatedNames(pipelines)
  const home = homeFolder(declared, surroundings, request.home)
  return {
    folder,
    name: declared.name,
    pipelines,
    home: projectHome(home),
    ledgerUrl: ledgerUrl(declared, surroundings, request.ledger, home),
    surroundings,
    keep: checkedPolicy(declared.keep),
    alerts: compileAlerts(declared),
  }
}

/** What the types of a declaration forbid can still arrive from JavaScript, or past a check nobody ran. */
function compiled(pipeline: Pipeline, file: string): LoadedPipeline {
  const { name } = pipeline
  try {
    return { name, file, plan: compilePlan(pipeline) }
  } catch (error) {
    const detail = `pipeline ${name}: ${error instanceof Error ? error.message : String(error)}`
    throw new CauceError('CONFIG_INVALID', { where: file, detail }, { cause: error })
  }
}

async function readDotenv(folder: string): Promise<Readonly<Record<string, string | undefined>>> {
  try {
    return parseEnv(await readFile(join(folder, '.env'), 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    const detail = error instanceof Error ? error.message : String(error)
    throw new CauceError('CONFIG_INVALID', { where: join(folder, '.env'), detail }, { cause: error })
  }
}

function refuseRepeatedNames(pipelines: readonly LoadedPipeline[]): void {
  for (const [index, { name, file }] of pipelines.entries()) {
    // A destination's file and table names know no case: neither do pipelines.
    const earlier = pipelines.slice(0, index).find((other) => other.name.toLowerCase() === name.toLowerCase())
    if (earlier !== undefined)
      throw new CauceError('PIPELINE_REPEATED', { pipeline: name, first: earlier.file, second: file })
  }
}

function homeFolder(declared: Project, surroundings: Surroundings, asked: string | undefined): string {
  if (asked !== undefined) return resolve(surroundings.currentFolder, asked)
  const found = resolveSetting(declared.home, surroundings)
  if (found === undefined || found.value === '')
    throw new CauceError('CONFIG_INVALID', { where: 'home', detail: 'it has no value; set CAUCE_HOME' })
  return resolve(found.base, found.value)
}

function ledgerUrl(
  declared: Project,
  surroundings: Surroundings,
  asked: string | undefined,
  home: string,
): string {
  if (asked !== undefined) return absoluteLocation({ value: asked, base: surroundings.currentFolder })
  const found = resolveSetting(declared.ledger, surroundings)
  return found === undefined || found.value === ''
    ? `sqlite:${join(home, 'ledger.db')}`
    : absoluteLocation(found)
}
