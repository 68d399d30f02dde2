import type { Sample } from './sample.ts'

/** A Markdown table of medians, one line for each thing measured, in the order they came. */
export function resultsTable(samples: readonly Sample[]): string {
  const lines = Map.groupBy(samples, ({ name }) => name)
    .entries()
    .map(([name, runs]) => lineOf(name, runs))
  return [
    '| what | runs | wall s | rows/s | files/s | CPU s ours + server | rows per CPU s | peak RSS MB | PSS MB | foreign CPU | output |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n')
}

function lineOf(name: string, runs: readonly Sample[]): string {
  const of = (figure: (run: Sample) => number): number => median(runs.map(figure))
  const wall = of(({ wallSeconds }) => wallSeconds)
  const [cpu, server] = [of(({ cpuSeconds }) => cpuSeconds), of(({ serverCpuSeconds }) => serverCpuSeconds)]
  const both = of(({ cpuSeconds, serverCpuSeconds }) => cpuSeconds + serverCpuSeconds)
  const proportional = runs.flatMap(({ peakPssMb }) => peakPssMb ?? [])
  const cells = [
    name,
    String(runs.length),
    wall.toFixed(1),
    thousands(of(({ rows }) => rows) / wall),
    (of(({ files }) => files) / wall).toFixed(1),
    `${cpu.toFixed(1)} + ${server.toFixed(1)}`,
    thousands(of(({ rows }) => rows) / both),
    of(({ peakRssMb }) => peakRssMb).toFixed(0),
    proportional.length === 0 ? '–' : median(proportional).toFixed(0),
    of(({ foreignShare }) => foreignShare).toFixed(2),
    [...new Set(runs.map(({ output }) => output))].join('; '),
  ]
  return `| ${cells.join(' | ')} |`
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]]
  return (low + high) / 2
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en')
}
