import type * as S3 from '@aws-sdk/client-s3'
import type * as Providers from '@aws-sdk/credential-providers'
import type * as Http from '@smithy/node-http-handler'
import { CauceError } from '../../model/cauce-error.ts'

/** The parts of the AWS SDK that are used. */
export interface S3Driver {
  readonly s3: typeof S3
  readonly providers: typeof Providers
  readonly http: typeof Http
}

/** The driver, loaded when first needed. @throws {CauceError} DRIVER_MISSING */
export async function loadDriver(load: () => Promise<S3Driver> = loadAll): Promise<S3Driver> {
  try {
    return await load()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    throw new CauceError(
      'DRIVER_MISSING',
      {
        system: 'S3',
        driver: '@aws-sdk/client-s3 @aws-sdk/credential-providers @smithy/node-http-handler',
      },
      { cause: error },
    )
  }
}

async function loadAll(): Promise<S3Driver> {
  const [s3, providers, http] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/credential-providers'),
    import('@smithy/node-http-handler'),
  ])
  return { s3, providers, http }
}
