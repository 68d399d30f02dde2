import type { Plan } from '../model/plan.ts'
import { issue, type Issue } from './issue.ts'

/** What is declared of backups must be about backups that are made. */
export function checkArchive({ archive }: Pick<Plan, 'archive'>): readonly Issue[] {
  const { backup, zip, keepDays } = archive
  // JavaScript can declare what the types forbid.
  const word: string | undefined = zip
  const found: Issue[] = []
  if (word !== undefined && word !== 'daily')
    found.push(
      issue(
        'archive.zip',
        `"${word}" will not do; write 'daily' or leave it out`,
        `"${word}" no sirve; escriba 'daily' o quítelo`,
      ),
    )
  if (keepDays !== undefined && !(Number.isSafeInteger(keepDays) && keepDays >= 1))
    found.push(
      issue(
        'archive.keepDays',
        `${keepDays} will not do; write a whole number from 1, or leave it out to keep backups for ever`,
        `${keepDays} no sirve; escriba un número entero desde 1, o quítelo para conservar los respaldos siempre`,
      ),
    )
  if (backup === undefined && (word !== undefined || keepDays !== undefined))
    found.push(
      issue(
        'archive.backup',
        "names no folder, so there is nothing to zip or to keep; write backup: './backup'",
        "no nombra ninguna carpeta: no hay qué comprimir ni conservar; escriba backup: './backup'",
      ),
    )
  return found
}
