import { openSource } from '../../packages/cauce/src/connectors/source-registry.ts'
import { describeNeeding, sharedMinio } from '../servers/shared-servers.ts'
import { sourceConformance } from './source-conformance.ts'
import type { ClosedStore } from './source-scene.ts'

describeNeeding('minio')('s3', () => {
  sourceConformance({
    createStore: async () => {
      const bucket = await sharedMinio().createBucket()
      return {
        url: sharedMinio().url(`${bucket.name}/in/`),
        put: async (key, content) => bucket.put(`in/${key}`, content),
        remove: async (key) => bucket.remove(`in/${key}`),
        keys: async () => (await bucket.keys()).map((key) => key.replace(/^in\//, '')),
        // The whole server goes with the test run.
        dispose: async () => undefined,
      }
    },
    open: openSource,
    manyFiles: 2_100,
    closedStore: { make: closedStore },
  })
})

async function closedStore(files: Readonly<Record<string, string>>): Promise<ClosedStore> {
  const bucket = await sharedMinio().createBucket()
  for (const [key, content] of Object.entries(files)) await bucket.put(key, content)
  const arn = `arn:aws:s3:::${bucket.name}`
  const keys = await sharedMinio().limitedKeys([
    {
      Effect: 'Allow',
      Action: ['s3:ListBucket', 's3:GetObject', 's3:GetBucketVersioning'],
      Resource: [arn, `${arn}/*`],
    },
  ])
  return {
    url: sharedMinio().url(bucket.name, {}, keys),
    [Symbol.asyncDispose]: async () => undefined,
  }
}
