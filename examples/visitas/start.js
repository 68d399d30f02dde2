/*
 * `npm start`: runs the example on its sample files. One of them is broken on purpose, and a nightly job must say so by its exit
 * code; a newcomer's first command should not look like a failure for that. May be repeated; deletes nothing.
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file is not as agreed, a person must act. */
const NOT_AS_AGREED = 65

const TEXTS = {
  en: [
    'report_4.txt is broken on purpose (one column too many): it shows what becomes of such a file. The others were loaded.',
    'So the command ended with exit code 65, "a person must act"; npm start takes that for success. Run it again: nothing new.',
  ],
  es: [
    'report_4.txt está mal a propósito (le sobra una columna): muestra qué pasa con un archivo así. Los demás se cargaron.',
    'Por eso la orden terminó con el código 65, «debe actuar una persona»; npm start lo da por bueno. Repítalo: nada nuevo.',
  ],
}

const { LC_ALL, LC_MESSAGES, LANG, VISITAS_ORIGEN } = process.env
const words = process.argv.slice(2)
const command = fileURLToPath(new URL('../../packages/cauce/bin/cauce.js', import.meta.url))
const project = relative(process.cwd(), fileURLToPath(new URL('.', import.meta.url))) || '.'
const child = spawn(process.execPath, [command, 'run', 'visitas', '--project', project, ...words], {
  stdio: 'inherit',
})

// A terminal sends Ctrl-C to both of us: what becomes of the work is the command's to decide.
process.on('SIGINT', () => undefined)
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  const end = code ?? 128 + constants.signals[signal]
  const isSample = end === NOT_AS_AGREED && !VISITAS_ORIGEN
  if (isSample) for (const line of TEXTS[language()]) console.log(line)
  process.exitCode = isSample ? 0 : end
})

function language() {
  const flag = words[words.indexOf('--lang') + 1]
  const named = words.includes('--lang') ? flag : LC_ALL || LC_MESSAGES || LANG || ''
  return /^es([_.@-]|$)/i.test(named) ? 'es' : 'en'
}
