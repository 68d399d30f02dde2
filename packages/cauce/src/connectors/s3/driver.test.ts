import { expect, test } from 'vitest'
import { loadDriver } from './driver.ts'

test('a missing driver is said with the command that installs it', async () => {
  const missing = Object.assign(new Error("Cannot find package '@aws-sdk/client-s3'"), {
    code: 'ERR_MODULE_NOT_FOUND',
  })
  await expect(loadDriver(async () => Promise.reject(missing))).rejects.toThrow(
    'Run: npm install @aws-sdk/client-s3 @aws-sdk/credential-providers @smithy/node-http-handler',
  )
  await expect(loadDriver(async () => Promise.reject(missing))).rejects.toMatchObject({ class: 'config' })
})

test('a driver that is there but broken is not called missing', async () => {
  const broken = new SyntaxError('Unexpected token')
  await expect(loadDriver(async () => Promise.reject(broken))).rejects.toBe(broken)
})
