import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseSync } from 'oxc-parser'

/** One import: `from` is a path in the searched folder, `to` a path in it or a package name. */
export interface Import {
  readonly from: string
  readonly to: string
  /** `static` runs on load, `lazy` when asked for, `type` never. */
  readonly kind: 'static' | 'lazy' | 'type'
}

/** Every import in the TypeScript files below `root`: static, dynamic, type-only and re-export. */
export function importsIn(root: string): readonly Import[] {
  return globSync('**/*.ts', { cwd: root }).flatMap((from) =>
    importsOf(from, readFileSync(join(root, from), 'utf8')).map((found) => ({
      ...found,
      to: found.to.startsWith('.') ? relative(root, join(root, dirname(from), found.to)) : found.to,
    })),
  )
}

function importsOf(from: string, source: string): readonly Import[] {
  const { module, errors } = parseSync(from, source)
  if (errors.length > 0) throw new Error(`${from}: ${errors[0]?.message}`)
  const isTypeOnly = (start: number): boolean => /^(import|export)\s+type\b/.test(source.slice(start))
  return [
    ...module.staticImports.map((i) => ({
      from,
      to: i.moduleRequest.value,
      kind: isTypeOnly(i.start) ? ('type' as const) : ('static' as const),
    })),
    ...module.staticExports.flatMap((e) => {
      const requests = new Set(e.entries.flatMap((entry) => entry.moduleRequest?.value ?? []))
      const kind = isTypeOnly(e.start) ? ('type' as const) : ('static' as const)
      return [...requests].map((to) => ({ from, to, kind }))
    }),
    ...module.dynamicImports.flatMap((i) => {
      const request = source.slice(i.moduleRequest.start, i.moduleRequest.end)
      const to = /^(['"`])([^$]*)\1$/.exec(request)?.[2]
      return to === undefined ? [] : [{ from, to, kind: 'lazy' as const }]
    }),
  ]
}

/** What loading `entry` loads: every file and package reached without a lazy import. */
export function loadedBy(entry: string, all: readonly Import[]): ReadonlySet<string> {
  const loaded = new Set([entry])
  for (const file of loaded)
    for (const { from, to, kind } of all) if (from === file && kind === 'static') loaded.add(to)
  return loaded
}
