import { CauceError } from '../../model/cauce-error.ts'
import type { KeepPolicy } from '../../pipeline/project.ts'

const DECLARED_AS: Readonly<Record<keyof KeepPolicy, string>> = {
  logsDays: 'logs.keepDays',
  rejectsDays: 'rejects.keepDays',
  quarantineDays: 'quarantine.keepDays',
  detailsDays: 'details.keepDays',
}

/** The policy, when it can be followed. @throws {CauceError} CONFIG_INVALID naming the field and what to write */
export function checkedPolicy(policy: KeepPolicy): KeepPolicy {
  for (const [name, days] of Object.entries(policy) as readonly [keyof KeepPolicy, number | undefined][])
    if (days !== undefined && !(Number.isSafeInteger(days) && days >= 1))
      throw new CauceError('CONFIG_INVALID', {
        where: DECLARED_AS[name],
        detail: `${days} will not do; write a whole number of days from 1`,
        detalle: `${days} no sirve; escriba un número entero de días desde 1`,
      })
  return policy
}
