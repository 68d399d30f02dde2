import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { freePort, LOOPBACK } from '../servers/free-port.ts'

/** A request as the receiver got it. */
export interface ReceivedPost {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Answer = (response: ServerResponse, request: ReceivedPost) => void

export interface HttpScene {
  readonly url: string
  readonly received: ReceivedPost[]
  /** What the next requests are answered, the last one for ever. */
  answers: readonly Answer[]
}

/** Answers with a status and nothing else. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => {
    response.writeHead(code, headers).end('words of the receiver that are nobody’s business')
  }
}

/** A real HTTP server on the loopback address; gone when the test is over. */
export async function startReceiver(): Promise<HttpScene> {
  const port = await freePort()
  const scene: HttpScene = {
    url: `http://${LOOPBACK}:${port}/services/T0/B0/geheim`,
    received: [],
    answers: [status(200)],
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const post = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      }
      scene.received.push(post)
      const [answer = status(200), ...rest] = scene.answers
      if (rest.length > 0) scene.answers = rest
      answer(response, post)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(port, LOOPBACK, resolve)
  })
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  })
  return scene
}
