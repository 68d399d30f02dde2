import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync, constants } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { unpack, type UnpackSettings } from './unpack.ts'
import { zipOf } from './zip-of.test-kit.ts'

const folder = mkdtempSync(join(tmpdir(), 'cauce-unpack-'))
const path = join(folder, 'report.csv')
const target = join(folder, 'unpacked.data')
afterAll(() => rmSync(folder, { recursive: true }))

const text = Buffer.from(Array.from({ length: 20_000 }, (_, i) => `${i},${(i * 7919) % 1000},año\n`).join(''))
const half = text.subarray(0, text.length / 2)
const rest = text.subarray(text.length / 2)

async function unpacked(bytes: Buffer, settings: Partial<UnpackSettings> = {}): Promise<string> {
  writeFileSync(path, bytes)
  const result = await unpack(path, target, { file: 'report.csv', ...settings })
  const content = readFileSync(result.path)
  expect(content.length).toBe(result.sizeBytes)
  return `${result.compression} ${content.equals(text) ? 'whole' : 'other'}`
}

describe('what is packed, whatever its name, comes out whole:', () => {
  test.each<[string, Buffer, string]>([
    ['nothing', text, 'none whole'],
    ['gzip', gzipSync(text), 'gzip whole'],
    ['gzip in two members', Buffer.concat([gzipSync(half), gzipSync(rest)]), 'gzip whole'],
    ['zstd', zstdCompressSync(text), 'zstd whole'],
    ['zstd in two frames', Buffer.concat([zstdCompressSync(half), zstdCompressSync(rest)]), 'zstd whole'],
    [
      'zstd behind a frame to skip',
      Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]), zstdCompressSync(text)]),
      'zstd whole',
    ],
    [
      'zstd with a checksum',
      zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
      'zstd whole',
    ],
    ['zip', zipOf({ name: 'report.csv', content: text }), 'zip whole'],
    ['zip without compression', zipOf({ name: 'report.csv', content: text, method: 0 }), 'zip whole'],
    [
      'zip from macOS, with a folder',
      zipOf(
        { name: 'd/', content: Buffer.alloc(0), method: 0 },
        { name: 'd/report.csv', content: text },
        { name: '__MACOSX/d/._report.csv', content: half },
      ),
      'zip whole',
    ],
    ['zip with a hostile name', zipOf({ name: '../../etc/passwd', content: text }), 'zip whole'],
  ])('%s', async (_, bytes, expected) => {
    expect(await unpacked(bytes)).toBe(expected)
  })

  test('also when declared, and as it stands when declared not packed', async () => {
    expect(await unpacked(gzipSync(text), { compression: 'gzip' })).toBe('gzip whole')
    expect(await unpacked(gzipSync(text), { compression: 'none' })).toBe('none other')
  })
})

describe('what is not whole is refused:', () => {
  const [packedGzip, packedZstd] = [gzipSync(text), zstdCompressSync(text)]
  const flipped = (bytes: Buffer, at: number): Buffer => {
    const copy = Buffer.from(bytes)
    copy[at] = (copy[at] ?? 0) ^ 0xff
    return copy
  }
  test.each<[string, Buffer, RegExp]>([
    ['gzip cut short', packedGzip.subarray(0, -1), /unexpected end of file/],
    [
      'gzip cut in its second member',
      Buffer.concat([packedGzip, packedGzip.subarray(0, 400)]),
      /unexpected end of file/,
    ],
    [
      'gzip with something behind it',
      Buffer.concat([packedGzip, Buffer.from('more')]),
      /incorrect header check/,
    ],
    ['gzip with a wrong checksum', flipped(packedGzip, packedGzip.length - 6), /incorrect data check/],
    ['zstd cut short', packedZstd.subarray(0, -1), /cut short/],
    ['zstd cut in its second frame', Buffer.concat([packedZstd, packedZstd.subarray(0, 400)]), /cut short/],
    [
      'zstd with something behind it',
      Buffer.concat([packedZstd, Buffer.from('more than four')]),
      /not zstd data/,
    ],
    ['zip with a wrong checksum', zipOf({ name: 'a', content: text, crc: 1 }), /checksum/],
    ['zip cut short', zipOf({ name: 'a', content: text }).subarray(0, -30), /cannot be read/],
    ['zip without files', zipOf(), /without files/],
    [
      'zip with two files',
      zipOf({ name: 'a', content: half }, { name: 'b', content: rest }),
      /more than one file/,
    ],
    ['zip, encrypted', zipOf({ name: 'a', content: text, flags: 1 }), /encrypted/],
    ['zip by an exotic method', zipOf({ name: 'a', content: text, method: 14 }), /method 14/],
    ['a zip in a gzip', gzipSync(zipOf({ name: 'a', content: text })), /packed again/],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]), /packed with xz/],
  ])('%s', async (_, bytes, message) => {
    await expect(unpacked(bytes)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringMatching(message),
    })
  })

  test('gzip that is declared zstd', async () => {
    await expect(unpacked(packedGzip, { compression: 'zstd' })).rejects.toThrow(
      /declared as zstd but is gzip/,
    )
  })
})

describe('what grows beyond its limits is stopped:', () => {
  const zeros = Buffer.alloc(120_000_000, 0x30)

  test.each([
    ['gzip', gzipSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['zip', zipOf({ name: 'a', content: text })],
  ])('%s, by size', async (_, bytes) => {
    await expect(unpacked(bytes, { maxUnpackedBytes: 100_000 })).rejects.toMatchObject({ code: 'FILE_BOMB' })
  })

  test.each([
    ['gzip', gzipSync(zeros, { level: 9 })],
    ['zstd', zstdCompressSync(zeros)],
  ])('%s, by ratio, before it has filled the disk', async (_, bytes) => {
    await expect(unpacked(bytes, { maxUnpackRatio: 900 })).rejects.toMatchObject({ code: 'FILE_BOMB' })
  })

  test('a small file of one character is no bomb', async () => {
    expect(await unpacked(gzipSync(zeros.subarray(0, 1_000_000)), { maxUnpackRatio: 10 })).toBe('gzip other')
  })
})
