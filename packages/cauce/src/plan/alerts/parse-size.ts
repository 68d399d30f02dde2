const UNIT_BYTES: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9, TB: 1e12 }

/** Bytes of a size as people write it (`500MB`, `2GB`, `1.5TB`; thousands, not 1024); undefined when it is none. */
export function parseSize(text: string): number | undefined {
  const [, count = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*(MB|GB|TB)$/.exec(text) ?? []
  const bytes = Math.round(Number(count) * (UNIT_BYTES[unit] ?? 0))
  return count !== '' && bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined
}
