import { rm } from 'node:fs/promises'

/** Removes a folder made by `privateFolder` in the normal way. */
export async function removeFolder(folder: { path: string; forget: () => void }): Promise<void> {
  await rm(folder.path, { recursive: true, force: true })
  folder.forget()
}
