import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Cli } from '../../packages/cauce/src/cli/cli.ts'
import { buildProgram } from '../../packages/cauce/src/cli/program.ts'
import { declareCompletion } from '../../packages/cauce/src/cli/declare-completion.ts'
import { speakerOf } from '../../packages/cauce/src/cli/speaker.ts'
import { screenOn } from '../../packages/cauce/src/cli/terminal/screen.ts'
import { EXIT_CODES } from '../../packages/cauce/src/model/error-class.ts'
import { systemClock } from '../../packages/cauce/src/model/clock.ts'
import { houseRoot } from './house.ts'

/** What is read of a declared command. */
interface Declared {
  readonly commands: readonly Declared[]
  readonly options: readonly { readonly long?: string | null | undefined }[]
  readonly registeredArguments: readonly {
    readonly required: boolean
    readonly variadic: boolean
    name(): string
  }[]
  name(): string
}

/** A command with its options, as declared or as told. */
type Line = readonly [command: string, options: readonly string[]]

async function declared(): Promise<Declared> {
  const cli: Cli = {
    speaker: speakerOf('en'),
    out: screenOn(process.stdout),
    err: screenOn(process.stderr),
    environment: {},
    currentFolder: '.',
    clock: systemClock,
    version: '0',
  }
  const root = buildProgram(cli, async () => undefined)
  await declareCompletion(root, cli, [])
  return root
}

const optionsOf = ({ options }: Declared): readonly string[] =>
  options.flatMap(({ long }) => long ?? []).toSorted()

function usageOf(command: Declared): string {
  const words = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`
    return argument.required ? `<${name}>` : `[${name}]`
  })
  return [command.name(), ...words].join(' ')
}

/** What people say: a group alone is its list. */
function linesOf(command: Declared, path: readonly string[] = []): readonly Line[] {
  const said = [...path, usageOf(command)].join(' ')
  if (command.commands.length === 0) return [[said, optionsOf(command)]]
  return command.commands.flatMap((one) =>
    one.name() === 'list'
      ? [[command.name(), optionsOf(one)] as const]
      : linesOf(one, [...path, command.name()]),
  )
}

/** The rows of the table of commands: `command`, what it does, `--options`, exit codes. */
function rowsIn(page: string): readonly (readonly string[])[] {
  const [, section = ''] = page.split('\n## Commands\n')
  const [table = ''] = section.split('\n##')
  return table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .replaceAll(String.raw`\|`, '¦')
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

const page = readFileSync(join(houseRoot, 'docs/cli.md'), 'utf8')
const told = rowsIn(page)
const quoted = (text = ''): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, one = '']) => one)

test('docs/cli.md tells every command there is, with its arguments and options, and no other', async () => {
  const root = await declared()
  const lines: readonly Line[] = told.map(([command, , options]) => [
    quoted(command)[0] ?? '',
    quoted(options).toSorted(),
  ])
  expect(Object.fromEntries(lines)).toEqual(
    Object.fromEntries(root.commands.flatMap((command) => linesOf(command))),
  )
  expect(lines).toHaveLength(new Set(lines.map(([command]) => command)).size)
  expect(optionsOf(root).filter((option) => !page.includes(`\`${option}`))).toEqual([])
})

test('each says what it does and ends with codes that the table of exit codes explains', () => {
  const known = Object.values(EXIT_CODES).map(String)
  const [, section = ''] = page.split('\n## Exit codes\n')
  const [table = ''] = section.split('\n##')
  const explained = [...table.matchAll(/^\| ([\d/]+) +\|/gm)].flatMap(([, codes = '']) => codes.split('/'))
  expect(explained.toSorted()).toEqual(known.toSorted())
  for (const [command, does = '', , codes = ''] of told) {
    expect(does.length, command).toBeGreaterThan(20)
    expect(
      codes.split(' ').filter((code) => !known.includes(code)),
      command,
    ).toEqual([])
    expect(codes.split(' '), command).toContain('0')
  }
})

test('a planted command nobody declared is seen', () => {
  expect(rowsIn('\n## Commands\n\n| `gone <item>` | x | `--all` | 0 |\n\n## More\n| `y` |')).toEqual([
    ['`gone <item>`', 'x', '`--all`', '0'],
  ])
})
