import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { zipOf } from '../compression/zip-of.test-kit.ts'
import { WorkbookArchive } from './workbook-archive.ts'

const folder = mkdtempSync(join(tmpdir(), 'cauce-archive-'))
afterAll(() => rmSync(folder, { recursive: true }))

const path = join(folder, 'a.xlsx')

test('what all parts would unpack to is judged before any is', async () => {
  writeFileSync(
    path,
    zipOf({ name: 'a', content: Buffer.alloc(600) }, { name: 'b', content: Buffer.alloc(600) }),
  )
  await expect(WorkbookArchive.open(path, 'a.xlsx', { maxUnpackedBytes: 1000 })).rejects.toMatchObject({
    code: 'FILE_BOMB',
  })
  const archive = await WorkbookArchive.open(path, 'a.xlsx', { maxUnpackedBytes: 1200 })
  expect(archive.sizeBytes('A')).toBe(600)
  archive.close()
})

test('a part whose data are damaged says so', async () => {
  const zip = zipOf({ name: 'xl/workbook.xml', content: Buffer.from('<workbook/>'.repeat(50)) })
  zip.fill(0xff, 46, 60)
  writeFileSync(path, zip)
  const archive = await WorkbookArchive.open(path, 'a.xlsx', {})
  await expect(archive.text('xl/workbook.xml')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  archive.close()
})
