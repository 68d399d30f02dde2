import { connect } from 'node:net'

/**
 * Connects and reads the version line with which an SSH server greets.
 *
 * @returns for example `OpenSSH_9.2p1`
 */
export async function greetingOf(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: 5_000 })
    let text = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      text += chunk
      const version = /^SSH-2\.0-(\S+)[^\n]*\n/.exec(text)?.[1]
      if (version === undefined) return
      socket.destroy()
      resolve(version)
    })
    socket.on('timeout', () => socket.destroy(new Error('no greeting in 5 s')))
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('closed before the greeting')))
  })
}
