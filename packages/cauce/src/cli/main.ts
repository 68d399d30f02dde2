import { runCli } from './run-cli.ts'

// Whoever reads our output may have seen enough (`cauce items | head`): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

// Set rather than exit with: what was written must still arrive.
process.exitCode = await runCli(process.argv.slice(2))
