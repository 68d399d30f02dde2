import { isAbsolute } from 'node:path'
import { CauceError } from '../model/cauce-error.ts'
import type { Clock } from '../model/clock.ts'
import { ERROR_CODES } from '../model/error-codes.ts'
import { fillText } from '../model/language.ts'
import { type LedgerPlace, ledgerPlace } from '../ledger/ledger-place.ts'
import { openExistingLedger } from '../ledger/open-ledger.ts'
import { networkFileSystem } from '../ledger/network-file-system.ts'
import { issue, type Issue } from '../plan/issue.ts'
import { type ResolvedSettings, resolveSettings } from '../plan/resolve-settings.ts'
import { readHomeId } from './home-id.ts'
import { refuseOtherHome } from './one-home.ts'
import type { LoadedPipeline, LoadedProject } from './load-project.ts'

/** What is wrong with a project's ledger, and what it asks of the places around it. */
export interface LedgerCheck {
  /** For people: no password. Undefined where the URL names no ledger. */
  readonly displayUrl: string | undefined
  /** With one of these nothing runs. */
  readonly issues: readonly Issue[]
  /** For a person to decide: nobody here can know on which machines the workers will run. */
  readonly notes: readonly Issue[]
}

/**
 * Judges the ledger's URL; on PostgreSQL it is asked whether somebody keeps these pipelines' files in another home, if it is there
 * to be asked. A ledger on PostgreSQL may be shared by workers of many machines: then what lies on
 * this one's own disk is out of their reach, and this says what does.
 */
export async function checkLedger(
  project: LoadedProject,
  pipelines: readonly LoadedPipeline[],
  clock: Clock,
): Promise<LedgerCheck> {
  let place: LedgerPlace
  try {
    place = ledgerPlace(project.ledgerUrl)
  } catch (error) {
    if (!(error instanceof CauceError) || error.class !== 'config') throw error
    const { detail, detalle } = error.details
    const told = issue('ledger', String(detail), String(detalle ?? detail))
    return { displayUrl: undefined, issues: [told], notes: [] }
  }
  const { displayUrl } = place
  if (place.dialect === 'sqlite') return { displayUrl, issues: [], notes: [] }
  const notes = [await homeNote(project.home.folder)]
  for (const { name, plan } of pipelines) {
    const settings = settingsOf(project, plan)
    if (settings !== undefined) notes.push(...(await pipelineNotes(name, settings)))
  }
  const home = await homeIssues(project, pipelines, clock)
  return { displayUrl, issues: home.issues, notes: [...notes, ...home.notes] }
}

/** A ledger that is away, or not for us to read, says nothing against the home: whoever works on it looks again. */
async function homeIssues(
  { ledgerUrl, home }: LoadedProject,
  pipelines: readonly LoadedPipeline[],
  clock: Clock,
): Promise<Pick<LedgerCheck, 'issues' | 'notes'>> {
  try {
    await using ledger = await openExistingLedger(ledgerUrl)
    if (ledger !== undefined)
      await refuseOtherHome(ledger, {
        folder: home.folder,
        homeId: await readHomeId(home),
        pipelines: pipelines.map(({ name }) => name),
        clock,
      })
    return { issues: [], notes: [] }
  } catch (error) {
    if (!(error instanceof CauceError)) throw error
    const told = { where: error.code === 'HOME_NOT_SHARED' ? 'home' : 'ledger', text: filledText(error) }
    return error.code === 'HOME_NOT_SHARED' ? { issues: [told], notes: [] } : { issues: [], notes: [told] }
  }
}

function filledText({ code, details }: CauceError): Issue['text'] {
  const { text } = ERROR_CODES[code]
  return { en: fillText(text.en, details), es: fillText(text.es, details) }
}

/** Settings without a value are the business of the pipeline's own check. */
function settingsOf(project: LoadedProject, plan: LoadedPipeline['plan']): ResolvedSettings | undefined {
  try {
    return resolveSettings(plan, project.surroundings)
  } catch (error) {
    if (error instanceof CauceError && error.class === 'config') return undefined
    throw error
  }
}

async function homeNote(folder: string): Promise<Issue> {
  return placeNote(
    'home',
    folder,
    'rejects, quarantine and logs stay on the machine of the worker that made them, and only there can they be replayed or released',
    'los rechazos, la cuarentena y los registros quedan en la máquina del trabajador que los hizo, y solo allí se pueden repetir o liberar',
  )
}

async function pipelineNotes(
  name: string,
  { sourceUrl, destinationUrl, backupFolder }: ResolvedSettings,
): Promise<readonly Issue[]> {
  const notes: Issue[] = []
  if (backupFolder !== undefined)
    notes.push(
      await placeNote(
        `${name}.archive.backup`,
        backupFolder,
        'each worker keeps the originals it loaded on its own machine, and the archive of a day holds only those of the machine that makes it',
        'cada trabajador guarda en su propia máquina los originales que cargó, y el archivo de un día contiene solo los de la máquina que lo hace',
      ),
    )
  if (isAbsolute(sourceUrl))
    notes.push(
      issue(
        `${name}.from`,
        `the files lie in ${sourceUrl}: what is found there is bound to the machine that found it, and only its workers take it`,
        `los archivos están en ${sourceUrl}: lo que se encuentra allí queda ligado a la máquina que lo encontró, y solo lo toman sus trabajadores`,
      ),
    )
  if (destinationUrl.startsWith('duckdb:'))
    notes.push(
      issue(
        `${name}.into`,
        `the destination is a file (${destinationUrl}), which one machine writes: run all workers on that one`,
        `el destino es un archivo (${destinationUrl}), que escribe una sola máquina: ejecute en ella todos los trabajadores`,
      ),
    )
  return notes
}

async function placeNote(where: string, path: string, en: string, es: string): Promise<Issue> {
  // A folder that cannot be looked at is judged as a local one: the stricter of the two.
  const system = await networkFileSystem(path).catch(() => undefined)
  if (system !== undefined)
    return issue(
      where,
      `${path} lies on a network file system (${system}): every worker must have it under this same path`,
      `${path} está en un sistema de archivos de red (${system}): cada trabajador debe tenerlo en esta misma ruta`,
    )
  return issue(
    where,
    `${path} lies on this machine's own disk. With workers on other machines, ${en}: put it on a network file system all of them reach by this path, or run them all here`,
    `${path} está en el disco de esta máquina. Con trabajadores en otras máquinas, ${es}: póngalo en un sistema de archivos de red al que todos lleguen por esta ruta, o ejecútelos todos aquí`,
  )
}
