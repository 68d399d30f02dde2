import { existsSync, readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CliScene, HEADER } from '../cli/cli-scene.ts'

const setUp = new URL('tracing-set-up.ts', import.meta.url).href

interface SpanLine {
  readonly pid: number
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parent?: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly status: { readonly code: number; readonly message?: string }
  readonly start: number
  readonly end: number
}

async function traced(scene: CliScene, env: Readonly<Record<string, string>> = {}) {
  const SPANS = join(scene.folder, 'spans.ndjson')
  const NODE_OPTIONS = `--import ${setUp}`
  const ended = await scene.cauce(['run', '--jobs', '1'], { NODE_OPTIONS, SPANS, ...env })
  const text = existsSync(SPANS) ? readFileSync(SPANS, 'utf8') : ''
  const spans = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as SpanLine]))
  return { ended, text, spans }
}

test('an attempt is one trace: its span in the worker, one for each stage in the performer, no name of a file', async () => {
  using scene = new CliScene()
  scene.write('entrada/ana_lopez.csv', `${HEADER}a@b.mx,1,01/01/2026\nmal,2,01/01/2026\n`)
  const { ended, text, spans } = await traced(scene)
  expect(ended.code, ended.stderr).toBe(0)
  const item = spans.find(({ name }) => name === 'item')
  const stages = spans.filter(({ name }) => name !== 'item').toSorted((one, other) => one.start - other.start)
  expect(stages.map(({ name }) => name)).toEqual(['extract', 'transform', 'load', 'archive'])
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)
  expect(stages.map(({ parent }) => parent)).toEqual(stages.map(() => item?.spanId))
  expect(stages.every(({ pid }) => pid === stages[0]?.pid && pid !== item?.pid)).toBe(true)
  const keyHash = createHash('sha256').update('ana_lopez.csv').digest('hex').slice(0, 16)
  for (const span of spans) {
    expect(span.attributes).toMatchObject({
      'cauce.pipeline': 'ventas',
      'cauce.item.key_hash': keyHash,
      'cauce.state': 'ready_with_rejects',
      'cauce.rows.read': 2,
      'cauce.rows.loaded': 1,
      'cauce.rows.rejected': 1,
      'cauce.rows.skipped': 0,
    })
    expect(span.end).toBeGreaterThanOrEqual(span.start)
    expect(span.status.code).toBe(0)
  }
  for (const [index, stage] of stages.entries()) {
    expect(stage.attributes['cauce.stage']).toBe(stage.name)
    expect(stage.start).toBeGreaterThanOrEqual(stages[index - 1]?.end ?? 0)
  }
  expect(item?.attributes).toMatchObject({ 'cauce.item.id': 1, 'cauce.attempt': 1 })
  expect(text).not.toContain('ana_lopez')
})

test('a failure is told by its code in the stage it was met in', async () => {
  using scene = new CliScene()
  scene.write('entrada/ana_lopez.csv', 'other,columns\n1,2\n')
  const { ended, text, spans } = await traced(scene)
  expect(ended.code).toBe(65)
  const failed = spans.filter(({ status }) => status.code === 2)
  expect(failed.map(({ name }) => name).toSorted()).toEqual(['item', 'transform'])
  for (const { attributes, status } of failed) {
    expect(attributes).toMatchObject({ 'cauce.state': 'failed_layout', 'error.type': 'LAYOUT_COLUMNS' })
    expect(status.message).toBe('LAYOUT_COLUMNS')
  }
  expect(text).not.toContain('ana_lopez')
})

test('spans an SDK keeps back for a while arrive before performers end', async () => {
  using scene = new CliScene()
  scene.write('entrada/1.csv', `${HEADER}a@b.mx,1,01/01/2026\n`)
  const { spans } = await traced(scene, { BATCHED: '1' })
  expect(spans.map(({ name }) => name).toSorted()).toEqual([
    'archive',
    'extract',
    'item',
    'load',
    'transform',
  ])
})

test('who asks for tracing without the SDK is told what to install', async () => {
  using scene = new CliScene()
  const ended = await scene.cauce(['run'], { CAUCE_OTEL: '1' })
  expect(ended.code).toBe(78)
  expect(ended.stderr).toContain('npm install @opentelemetry/sdk-node')
})
