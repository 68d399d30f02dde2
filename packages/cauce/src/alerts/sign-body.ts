import { createHmac } from 'node:crypto'

/**
 * The value of `Cauce-Signature`: `t=<seconds since 1970 UTC>,v1=<hex>`, where the hex is HMAC-SHA256 under the secret of the
 * seconds, a full stop and the body's bytes. The time is signed, so that a message heard once cannot be sent again for ever.
 */
export function signBody(body: string, secret: string, sentMs: number): string {
  const seconds = Math.floor(sentMs / 1000)
  const hex = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return `t=${seconds},v1=${hex}`
}
