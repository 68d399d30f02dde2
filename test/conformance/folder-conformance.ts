import { describe } from 'vitest'
import { folderChanges } from './folder-changes.ts'
import { folderLinks } from './folder-links.ts'
import { folderPermissions } from './folder-permissions.ts'
import type { FolderSystem } from './folder-store.ts'
import { sceneForEach, sourceConformance } from './source-conformance.ts'

/** What every source promises, and what those on folders of a disk promise besides. Call it inside a `describe`. */
export function folderConformance(system: FolderSystem): void {
  sourceConformance(system)
  describe('folders', () => {
    const scene = sceneForEach(system)
    folderLinks(system, scene)
    folderChanges(system, scene)
    folderPermissions(system, scene)
  })
}
