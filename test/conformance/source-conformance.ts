import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe } from 'vitest'
import { changes } from './source-changes.ts'
import { deleting } from './source-deleting.ts'
import { fetching } from './source-fetching.ts'
import { listing } from './source-listing.ts'
import { setScene, type Scene, type SourceSystem, type Store } from './source-scene.ts'

/** What every source promises, asked of a real one. Call it inside a `describe`. */
export function sourceConformance(system: SourceSystem): void {
  const scene = sceneForEach(system)
  describe('listing', () => {
    listing(system, scene)
  })
  describe('fetching', () => {
    fetching(scene)
  })
  describe('files that change', () => {
    changes(scene)
  })
  describe('deleting', () => {
    deleting(system, scene)
  })
}

/** A fresh scene before each test, gone after it. */
export function sceneForEach<Place extends Store>(system: SourceSystem<Place>): () => Scene<Place> {
  let scene: Scene<Place> | undefined
  beforeEach(async () => {
    scene = await setScene(system)
  })
  afterEach(async () => {
    await scene?.source.close()
    await Promise.all([rm(scene?.spool ?? '', { recursive: true, force: true }), scene?.store.dispose()])
  })
  return () => {
    if (scene === undefined) throw new Error('the scene is set before each test')
    return scene
  }
}
