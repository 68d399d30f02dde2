import { expect, test } from 'vitest'
import type { ArchivePlan } from '../model/plan.ts'
import { toSetting } from '../pipeline/setting.ts'
import { checkArchive } from './check-archive.ts'

const backup = toSetting('./backup')

function issuesOf(archive: Partial<Record<keyof ArchivePlan, unknown>>): readonly string[] {
  const plan = { backup: undefined, deleteSource: toSetting('no'), zip: undefined, keepDays: undefined }
  return checkArchive({ archive: { ...plan, ...archive } as ArchivePlan }).map(({ where }) => where)
}

test('a daily archive kept for a while, single copies, and no backup at all are in order', () => {
  expect(issuesOf({ backup, zip: 'daily', keepDays: 90 })).toEqual([])
  expect(issuesOf({ backup, keepDays: 1 })).toEqual([])
  expect(issuesOf({})).toEqual([])
})

test.each([0, -1, 1.5, Number.NaN, 'many'])('%s days are no time to keep a backup', (keepDays) => {
  expect(issuesOf({ backup, keepDays })).toEqual(['archive.keepDays'])
})

test('archives are daily or none', () => {
  expect(issuesOf({ backup, zip: 'weekly' })).toEqual(['archive.zip'])
})

test('without a folder there is nothing to zip or keep', () => {
  expect(issuesOf({ zip: 'daily', keepDays: 90 })).toEqual(['archive.backup'])
  expect(issuesOf({ keepDays: 90 })).toEqual(['archive.backup'])
})
