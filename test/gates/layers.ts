import type { Import } from './imports.ts'

/** Lowest first. A folder may import the rows below its own; neighbours on a row may not know each other. */
const rows = [
  ['model'],
  ['pipeline'],
  ['plan'],
  ['engine', 'formats'],
  ['connectors'],
  ['ledger'],
  ['logs'],
  ['perform'],
  ['dispatch'],
  ['alerts'],
  ['ops'],
  ['server'],
  ['cli'],
] as const
const rankOf = new Map<string, number>(rows.flatMap((row, rank) => row.map((name) => [name, rank] as const)))

/** Walls between folders that the order alone would let through. */
const walls: readonly (readonly [from: string, to: string])[] = [
  ['perform', 'ledger'], // the performer never sees the ledger
  ['ledger', 'connectors'], // the ledger knows items, not systems
]

/** Packages that only one place may know. */
const homes: Readonly<Record<string, readonly string[]>> = {
  '@aws-sdk/client-s3': ['connectors/s3'],
  '@aws-sdk/credential-providers': ['connectors/s3'],
  '@clack/prompts': ['cli'],
  '@commander-js/extra-typings': ['cli'],
  '@duckdb/node-api': ['engine', 'connectors/duckdb'],
  '@opentelemetry/api': ['perform'],
  '@smithy/node-http-handler': ['connectors/s3'],
  commander: ['cli'],
  croner: ['plan'],
  fastify: ['server'],
  kysely: ['ledger'],
  mysql2: ['connectors/mysql'],
  'node:sqlite': ['ledger'],
  nodemailer: ['alerts'],
  pg: ['ledger', 'connectors/postgres'],
  'pg-copy-streams': ['connectors/postgres'],
  pino: ['logs'],
  'prom-client': ['server'],
  'ssh2-sftp-client': ['connectors/sftp'],
  yazl: ['ops'],
}

/** Files at the root of `src` are public faces: they may import anything and nothing may import them. */
const isFace = (path: string): boolean => !path.includes('/')
const folderOf = (path: string): string => path.split('/')[0] ?? ''

/** Tests and their kits stand outside the layers: a rule is tested on the engine it is written for. */
const isTest = (path: string): boolean => /\.test(-kit)?\.ts$/.test(path)

/** The imports that break the layers, each as one sentence. */
export function layerViolations(imports: readonly Import[]): readonly string[] {
  return imports.flatMap(({ from, to }) => {
    if (isTest(from)) return []
    const reason = isPackage(to) ? foreignReason(from, to) : innerReason(from, to)
    return reason === undefined ? [] : [`${from} imports ${to}: ${reason}`]
  })
}

function isPackage(to: string): boolean {
  return !to.endsWith('.ts') && !to.startsWith('..')
}

function foreignReason(from: string, to: string): string | undefined {
  if (to === 'cauce' || to.startsWith('cauce/')) return 'sources import each other by relative path'
  const name = Object.keys(homes).find((known) => to === known || to.startsWith(`${known}/`))
  if (name === undefined || isFace(from)) return undefined
  const allowed = homes[name] ?? []
  const isHome = allowed.some((home) => from.startsWith(`${home}/`))
  return isHome ? undefined : `${name} is known by ${allowed.join(' and ')} only`
}

function innerReason(from: string, to: string): string | undefined {
  if (to.startsWith('..')) return 'it lies outside the sources'
  if (isFace(from)) return undefined
  if (isFace(to)) return 'it is the public face, for users'
  const [a, b] = [folderOf(from), folderOf(to)]
  const [low, high] = [rankOf.get(a), rankOf.get(b)]
  if (low === undefined || high === undefined)
    return `${low === undefined ? a : b} is not in the order of layers`
  if (a === b) return a === 'connectors' ? neighbourReason(from, to) : undefined
  if (high === low) return `${a} and ${b} do not know each other`
  if (high > low) return `${b} stands above ${a}`
  return walls.some(([f, t]) => f === a && t === b) ? `${a} must not know ${b}` : undefined
}

/** `connectors/<system>/` may use what stands in `connectors/` itself, never another system. */
function neighbourReason(from: string, to: string): string | undefined {
  const systemOf = (path: string): string | undefined => /^connectors\/([^/]+)\//.exec(path)?.[1]
  const [a, b] = [systemOf(from), systemOf(to)]
  return a !== undefined && b !== undefined && a !== b ? `${a} and ${b} do not know each other` : undefined
}
