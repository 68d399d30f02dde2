import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Every server and proxy of the tests listens here and nowhere else. */
export const LOOPBACK = '127.0.0.1'

/**
 * Finds a loopback port nobody listens on.
 *
 * Ports are taken from below the range Linux uses for outgoing connections (32768 and up), so that no outgoing
 * connection takes the port while its server is down for a restart.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = randomInt(15_000, 32_000)
    if (await canListen(port)) return port
  }
  throw new Error('No free loopback port found in 50 tries.')
}

async function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, LOOPBACK, () => probe.close(() => resolve(true)))
  })
}
