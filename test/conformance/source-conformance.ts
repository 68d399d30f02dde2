import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe } from 'vitest'
import { changes } from './source-changes.ts'
import { deleting, permissions } from './source-deleting.ts'
import { fetching } from './source-fetching.ts'
import { listing } from './source-listing.ts'
import { setScene, type Scene, type SourceSystem } from './source-scene.ts'

/** What every source promises, asked of a real one. Call it inside a `describe`. */
export function sourceConformance(system: SourceSystem): void {
  let scene: Scene
  beforeEach(async () => {
    scene = await setScene(system)
  })
  afterEach(async () => {
    await scene.source.close()
    await Promise.all(
      [scene.spool, scene.path].map(async (path) => rm(path, { recursive: true, force: true })),
    )
  })
  const current = (): Scene => scene
  describe('listing', () => {
    listing(system, current)
  })
  describe('fetching', () => {
    fetching(current)
  })
  describe('files that change', () => {
    changes(system, current)
  })
  describe('deleting', () => {
    deleting(system, current)
  })
  describe('permissions', () => {
    permissions(system, current)
  })
}
