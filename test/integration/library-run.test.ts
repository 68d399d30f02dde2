import { expect, test } from 'vitest'
import { CliScene } from '../cli/cli-scene.ts'

/** A program that declares its project itself and prints what \`run\` answers. */
const program = (options: string): string => `
import { append, contract, csv, files, integer, pipeline, project, run, text, valid } from 'cauce'
const numbers = pipeline('numbers', {
  from: files('./entrada', '*.csv'),
  read: csv(),
  contract: contract('row', { name: text(), n: integer() }),
  tables: { numbers: append(valid) },
  into: 'duckdb:./numbers.duckdb',
})
const heard = new Set<string>()
try {
  const document = await run({ project: project({ pipelines: [numbers] }), onEvent: ({ kind }) => heard.add(kind), ${options} })
  console.log(JSON.stringify({ document, heard: [...heard] }))
} catch (error) {
  console.log(JSON.stringify(error))
}
`

async function answerOf(scene: CliScene, options: string): Promise<unknown> {
  scene.write('program.ts', program(options))
  const { stdout, stderr } = await scene.program('program.ts')
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

test('a program runs a project it declares itself, hears what happens, and is told what the command prints', async () => {
  using scene = new CliScene({ 'entrada/1.csv': 'name,n\na,1\nb,x\n' })
  expect(await answerOf(scene, 'jobs: 1')).toEqual({
    heard: expect.arrayContaining(['discovered', 'started', 'progress', 'ended']) as string[],
    document: {
      runs: [
        {
          pipeline: 'numbers',
          run: expect.any(String) as string,
          state: 'done_with_rejects',
          items: [
            {
              key: '1.csv',
              state: 'ready_with_rejects',
              label: 'ready_with_rejects',
              read: 2,
              loaded: 1,
              rejected: 1,
              skipped: 0,
              warnings: 0,
            },
          ],
          totals: { items: 1, read: 2, loaded: 1, rejected: 1, skipped: 0, warnings: 0 },
        },
      ],
    },
  })
})

test('what keeps a run from beginning is thrown', async () => {
  using scene = new CliScene({})
  expect(await answerOf(scene, "pipelines: ['nombers']")).toMatchObject({
    code: 'PIPELINE_UNKNOWN',
    details: { nearest: 'numbers' },
  })
})

test('a run aborted before it began does nothing', async () => {
  using scene = new CliScene({ 'entrada/1.csv': 'name,n\na,1\n' })
  expect(await answerOf(scene, 'signal: AbortSignal.abort()')).toEqual({ document: { runs: [] }, heard: [] })
})
