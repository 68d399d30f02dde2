import type { FileFigures } from '../../ledger/day-figures.ts'
import type { Screen } from '../terminal/screen.ts'

/** How much of what was tried was loaded, as one bar: something that failed is always seen, also without colours. */
export function successBar(
  { successRate, failed }: FileFigures,
  { paint }: Pick<Screen, 'paint'>,
  width: number,
): string {
  if (successRate === null) return paint('quiet', '·'.repeat(width))
  const least = failed > 0 ? 1 : 0
  const bad = Math.min(width, Math.max(least, Math.round((1 - successRate) * width)))
  return paint('good', '█'.repeat(width - bad)) + paint('bad', '░'.repeat(bad))
}
