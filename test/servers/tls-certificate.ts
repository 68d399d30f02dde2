import { join } from 'node:path'
import { giveTo, type Account } from './account.ts'
import { LOOPBACK } from './free-port.ts'
import { runOpenssl } from './openssl.ts'

/** Makes a self-signed certificate for the loopback address; the key belongs to the account. */
export async function tlsCertificate(
  folder: string,
  account: Account,
): Promise<{ certificatePath: string; keyPath: string }> {
  const certificatePath = join(folder, 'certificate.pem')
  const keyPath = join(folder, 'certificate-key.pem')
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyPath]
  const names = ['-subj', '/CN=localhost', '-addext', `subjectAltName=DNS:localhost,IP:${LOOPBACK}`]
  await runOpenssl(['req', '-x509', ...key, '-days', '30', '-out', certificatePath, ...names])
  await giveTo(account, keyPath)
  await giveTo(account, certificatePath)
  return { certificatePath, keyPath }
}
