import type { Text } from '../../model/language.ts'
import { codeOf, messageOf, nameOf, statusOf } from './driver-error.ts'
import type { S3Location } from './location.ts'

/** What is wrong with the settings and how to mend it; undefined when the failure is another. */
export function misconfiguration(
  error: unknown,
  { region, endpoint, bucket }: Pick<S3Location, 'region' | 'endpoint' | 'bucket'>,
): Text | undefined {
  const message = messageOf(error)
  if (nameOf(error) === 'InvalidBucketName')
    return {
      en: `the server takes ${bucket} for no name of a bucket`,
      es: `el servidor no acepta ${bucket} como nombre de bucket`,
    }
  if (isOfRegion(error)) {
    const theirs = /expecting '([\w-]+)'/.exec(message)?.[1]
    const write = theirs === undefined ? 'region=' : `region=${theirs}`
    return {
      en: `the bucket lies in another region than ${region ?? 'ours'}; set ?${write} or AWS_REGION`,
      es: `el bucket está en otra región que ${region ?? 'la nuestra'}; ponga ?${write} o AWS_REGION`,
    }
  }
  if (message === 'Region is missing')
    return {
      en: 'the region is missing; set ?region= or AWS_REGION',
      es: 'falta la región; ponga ?region= o AWS_REGION',
    }
  if (codeOf(error) === 'EPROTO' || /wrong version number/i.test(message))
    return {
      en: `${endpoint ?? 'the endpoint'} does not speak TLS; write http:// if that is meant`,
      es: `${endpoint ?? 'el endpoint'} no habla TLS; escriba http:// si eso se quiere`,
    }
  return undefined
}

function isOfRegion(error: unknown): boolean {
  const name = nameOf(error)
  if (name === 'AuthorizationHeaderMalformed') return /region/i.test(messageOf(error))
  return (
    name === 'PermanentRedirect' || name === 'IllegalLocationConstraintException' || statusOf(error) === 301
  )
}
