import { describe, expect, test } from 'vitest'
import type { Plan, Setting } from '../model/plan.ts'
import { address, env, firstOf, secret, toSetting } from '../pipeline/setting.ts'
import { csv } from '../pipeline/csv.ts'
import { contract } from '../pipeline/contract.ts'
import { text } from '../pipeline/columns.ts'
import { files } from '../pipeline/files.ts'
import { pipeline, type RetryOptions } from '../pipeline/pipeline.ts'
import { reference } from '../pipeline/reference.ts'
import { append, valid } from '../pipeline/tables.ts'
import { compilePlan } from './compile-plan.ts'
import { absoluteLocation, resolveSetting, resolveSettings, type Surroundings } from './resolve-settings.ts'

const around: Surroundings = {
  environment: {},
  dotenv: {},
  projectFolder: '/project',
  currentFolder: '/current',
}

const withEnv = (
  environment: Surroundings['environment'],
  dotenv: Surroundings['dotenv'] = {},
): Surroundings => ({
  ...around,
  environment,
  dotenv,
})

function planWith(settings: {
  readonly from?: Setting
  readonly into?: Setting
  readonly backup?: Setting
  readonly deleteSource?: Setting
  readonly override?: Setting
  readonly retry?: RetryOptions
}): Plan {
  const {
    from = toSetting('./in'),
    into = toSetting('duckdb:./out.duckdb'),
    backup,
    deleteSource,
    override,
    retry = {},
  } = settings
  return compilePlan(
    pipeline('p', {
      from: files(from),
      read: csv(),
      contract: contract('c', { a: text() }),
      tables: { rows: append(valid) },
      into,
      archive: { ...(backup && { backup }), ...(deleteSource && { deleteSource }) },
      reference: reference({ timezone: 'UTC', ...(override && { override }) }),
      retry,
    }),
  )
}

describe('a setting', () => {
  test('written down counts from the project', () => {
    expect(resolveSetting(toSetting('./x'), around)).toEqual({ value: './x', base: '/project' })
  })
  test('from the environment counts from the current folder, from .env or its default from the project', () => {
    const setting = env('X', './default')
    expect(resolveSetting(setting, withEnv({ X: './real' }, { X: './dotenv' }))).toEqual({
      value: './real',
      base: '/current',
    })
    expect(resolveSetting(setting, withEnv({}, { X: './dotenv' }))).toEqual({
      value: './dotenv',
      base: '/project',
    })
    expect(resolveSetting(setting, around)).toEqual({ value: './default', base: '/project' })
  })
  test('that is empty counts as unset', () => {
    expect(resolveSetting(env('X', 'd'), withEnv({ X: '' }, { X: '' }))?.value).toBe('d')
    expect(resolveSetting(env('X'), withEnv({ X: '' }))).toBeUndefined()
    expect(resolveSetting(secret('X'), around)).toBeUndefined()
  })
})

describe('several settings', () => {
  const into = firstOf(
    env('DESTINO'),
    address`postgres://${env('DB_USER')}:${secret('DB_PASSWORD')}@${env('DB_HOST')}:${env('DB_PORT', '5432')}/app`,
    'duckdb:./app.duckdb',
  )
  const parts = { DB_USER: 'ana', DB_PASSWORD: 'p@ss/1 %', DB_HOST: 'db' }

  test('are the first that has a value; an address has one when all its parts have, whatever signs they hold', () => {
    expect(resolveSetting(into, withEnv({ ...parts, DESTINO: 'mysql://h/d' }))?.value).toBe('mysql://h/d')
    const { value = '' } = resolveSetting(into, withEnv(parts)) ?? {}
    expect(value).toBe('postgres://ana:p%40ss%2F1%20%25@db:5432/app')
    expect(decodeURIComponent(new URL(value).password)).toBe(parts.DB_PASSWORD)
    expect(resolveSetting(into, withEnv({ ...parts, DB_HOST: '' }))).toEqual({
      value: 'duckdb:./app.duckdb',
      base: '/project',
    })
    expect(resolveSetting(into, withEnv({}, parts))?.value).toBe(value)
  })

  test('where none has a value all variables are named', () => {
    const all = firstOf(env('DESTINO'), address`postgres://${env('DB_HOST')}/app`)
    expect(() => resolveSettings(planWith({ into: all }), around)).toThrow(
      'set DESTINO, DB_HOST, one is missing',
    )
  })
})

test.each([
  ['./in', '/base/in'],
  ['../in', '/in'],
  ['/abs', '/abs'],
  ['in put/ñ', '/base/in put/ñ'],
  ['file:./in', '/base/in'],
  ['file:in', '/base/in'],
  ['file:/abs', '/abs'],
  ['file:///abs/a%20b', '/abs/a b'],
  ['FILE:///abs', '/abs'],
  ['duckdb:./x.duckdb', 'duckdb:/base/x.duckdb'],
  ['duckdb:x', 'duckdb:/base/x'],
  ['duckdb:/abs/x', 'duckdb:/abs/x'],
  ['sqlite:./l.sqlite', 'sqlite:/base/l.sqlite'],
  ['sftp://u:p@host:22/./path', 'sftp://u:p@host:22/./path'],
  ['mysql://u@h/db', 'mysql://u@h/db'],
  ['s3://bucket/x', 's3://bucket/x'],
])('%s becomes %s', (value, location) => {
  expect(absoluteLocation({ value, base: '/base' })).toBe(location)
})

test('a file address of another machine is refused', () => {
  expect(() => absoluteLocation({ value: 'file://host/x', base: '/' })).toThrow(
    'names no file of this machine',
  )
})

describe('the settings of a plan', () => {
  test('come out absolute', () => {
    const plan = planWith({
      from: env('IN', './in'),
      backup: env('BACKUP', 'backup'),
      override: env('REF', ''),
    })
    expect(resolveSettings(plan, around)).toEqual({
      sourceUrl: '/project/in',
      destinationUrl: 'duckdb:/project/out.duckdb',
      backupFolder: '/project/backup',
      deleteSource: false,
      referenceDate: undefined,
      retry: { attempts: 3, delayMs: 10_000 },
    })
    expect(resolveSettings(plan, withEnv({ IN: 'other', BACKUP: '/b', REF: '2013-02-28' }))).toEqual({
      sourceUrl: '/current/other',
      destinationUrl: 'duckdb:/project/out.duckdb',
      backupFolder: '/b',
      deleteSource: false,
      referenceDate: '2013-02-28',
      retry: { attempts: 3, delayMs: 10_000 },
    })
  })
  test('carry what environment and .env say of object stores, and nothing else of them', () => {
    const dotenv = {
      MINIO_ENDPOINT: 'minio:9000',
      MINIO_SECRET_KEY: 'old',
      AWS_REGION: 'eu-1',
      OTHER: 'x',
      BUCKET: '',
    }
    const environment = { MINIO_SECRET_KEY: 'new', AWS_REGION: '', HOME: '/me' }
    expect(resolveSettings(planWith({}), { ...around, dotenv, environment }).connectorVariables).toEqual({
      MINIO_ENDPOINT: 'minio:9000',
      MINIO_SECRET_KEY: 'new',
      AWS_REGION: 'eu-1',
    })
  })

  test.each([
    ['1', '2m', { attempts: 1, delayMs: 120_000 }],
    ['5', '0s', { attempts: 5, delayMs: 0 }],
  ])('%s tries, %s apart', (attempts, delay, expected) => {
    const retry = { attempts: env('N', '3'), delay: env('D', '10s') }
    expect(resolveSettings(planWith({ retry }), withEnv({ N: attempts, D: delay })).retry).toEqual(expected)
  })
  test.each([
    ['0', '1s', 'retry.attempts'],
    ['many', '1s', 'retry.attempts'],
    ['3', '1 hour', 'retry.delay'],
  ])('%s tries, %s apart are refused', (attempts, delay, where) => {
    const retry = { attempts: env('N', '3'), delay: env('D', '10s') }
    expect(() => resolveSettings(planWith({ retry }), withEnv({ N: attempts, D: delay }))).toThrow(where)
  })
  test('without a value name the variable to set', () => {
    expect(() => resolveSettings(planWith({ into: secret('OUT') }), around)).toThrow(
      'set OUT, it has no value',
    )
    expect(() => resolveSettings(planWith({ from: env('IN') }), withEnv({ IN: '' }))).toThrow(
      'set IN, it has no value',
    )
  })
  test.each(['yes', 'Y', 'TRUE', '1', 'sí', 'Si'])('%s deletes', (word) => {
    expect(
      resolveSettings(planWith({ deleteSource: env('D', 'no') }), withEnv({ D: word })).deleteSource,
    ).toBe(true)
  })
  test.each(['no', 'N', 'false', '0'])('%s does not delete', (word) => {
    expect(
      resolveSettings(planWith({ deleteSource: env('D', 'yes') }), withEnv({ D: word })).deleteSource,
    ).toBe(false)
  })
  test.each(['maybe', ' yes', 'yes please', '2'])('"%s" is neither yes nor no', (word) => {
    expect(() => resolveSettings(planWith({ deleteSource: toSetting(word) }), around)).toThrow(
      `"${word}" is neither yes nor no`,
    )
  })
  test.each([
    '2013-02-30',
    '2013-13-01',
    '28/02/2013',
    '2013-2-8',
    '0024-01-01',
    '2013-02-28T00:00',
    'today',
  ])('%s is no reference date', (day) => {
    expect(() => resolveSettings(planWith({ override: toSetting(day) }), around)).toThrow(
      `"${day}" is not a day`,
    )
  })
})
