import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** A plain file. */
export interface PlainFile {
  readonly name: string
  readonly path: string
  readonly bytes: number
}

/** Plain files directly in a folder whose whole name fits; none where there is no such folder. Links are no files of ours. */
export async function filesIn(folder: string, name: RegExp): Promise<readonly PlainFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const files: PlainFile[] = []
  for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    if (!entry.isFile() || !name.test(entry.name)) continue
    const path = join(folder, entry.name)
    const found = await lstat(path).catch(() => undefined)
    if (found !== undefined) files.push({ name: entry.name, path, bytes: found.size })
  }
  return files
}

/** Folders directly in a folder that are called like a day before another (yyyy-MM-dd), with that day. */
export async function dayFoldersBefore(
  folder: string,
  beforeDay: string,
): Promise<readonly { readonly path: string; readonly day: string }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .flatMap((entry) => {
      const [, year, month, date] = /^(\d{4})(\d{2})(\d{2})$/.exec(entry.name) ?? []
      const day = `${year}-${month}-${date}`
      if (year === undefined || !entry.isDirectory() || day >= beforeDay) return []
      return [{ path: join(folder, entry.name), day }]
    })
    .toSorted((one, other) => (one.day < other.day ? -1 : 1))
}
