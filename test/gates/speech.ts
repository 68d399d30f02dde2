/** A way of speaking that does not belong in the project. */
interface Slip {
  readonly name: string
  readonly pattern: RegExp
  /** Files where it is meant. */
  readonly allowedIn?: RegExp
  /** Files looked at; all when absent. */
  readonly only?: RegExp
}

// Put together from pieces, so that this file does not say what it forbids.
const join = (...pieces: readonly string[]): string => pieces.join('')
const hosts = [
  join('registry', '\\.npm', 'js'),
  join('registry', '\\.yarn', 'pkg'),
  join('py', 'pi\\.org'),
  join('files\\.python', 'hosted'),
  join('crates', '\\.io'),
  join('proxy', '\\.golang'),
  join('repo1?', '\\.maven'),
  join('(deb|security|ftp)', '\\.debian\\.org'),
  join('archive', '\\.ubuntu\\.com'),
]

const slips: readonly Slip[] = [
  { name: 'a path of one workplace', pattern: new RegExp(join('(^|[\\s"\'`(=:,])/', 'work/')) },
  {
    name: 'a folder beside the project',
    pattern: new RegExp(join('\\.\\./', 'shared')),
    allowedIn: /^\.ci\/run$/,
  },
  { name: 'a host of a package registry', pattern: new RegExp(hosts.join('|')) },
  {
    name: 'a token',
    pattern: new RegExp(join('\\b(npm', '_|gh', '[pousr]_)[A-Za-z0-9]{36}|BEGIN [A-Z ]*PRIVATE ', 'KEY')),
  },
  {
    name: 'a test silenced or singled out',
    pattern: new RegExp(join('\\b(test|it|describe|suite)(\\.\\w+)*\\.(', 'only|', 'skip|', 'todo)\\b')),
    only: /\.test\.ts$/,
  },
  {
    name: 'a type check silenced',
    pattern: new RegExp(join('@ts', '-(ignore|nocheck|expect-error)')),
    // Tests of types say by it what must not compile.
    only: /(?<!\.types\.test)\.[jt]s$/,
  },
  {
    name: 'work left for later',
    pattern: new RegExp(join('\\b(TO', 'DO|FIX', 'ME|X', 'XX)\\b')),
    only: /\.[jt]s$/,
  },
]

/** Every slip in a file, each as one sentence. */
export function slipsIn(path: string, text: string): readonly string[] {
  const applying = slips.filter(
    ({ allowedIn, only }) => allowedIn?.test(path) !== true && only?.test(path) !== false,
  )
  return text
    .split('\n')
    .flatMap((line, index) =>
      applying
        .filter(({ pattern }) => pattern.test(line))
        .map(({ name }) => `${path}:${index + 1} is ${name}: ${line.trim().slice(0, 120)}`),
    )
}
