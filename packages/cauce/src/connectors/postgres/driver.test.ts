import { expect, test } from 'vitest'
import { loadDriver } from './driver.ts'

test('a missing driver is told with the command that brings it', async () => {
  const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
  const failed = loadDriver(async () => Promise.reject(missing))
  await expect(failed).rejects.toMatchObject({
    code: 'DRIVER_MISSING',
    message: expect.stringContaining('npm install pg pg-copy-streams'),
  })
})
