import { CauceError } from '../model/cauce-error.ts'
import type { AlertsPlan } from '../plan/alerts/alert-plan.ts'
import type { CompiledAlerts } from '../plan/alerts/compile-alerts.ts'

/** The alerts a project declares, if they may be used. @throws {CauceError} ALERTS_INVALID with everything wrong in them */
export function declaredAlerts({
  alerts: { issues, ...plan },
}: {
  readonly alerts: CompiledAlerts
}): AlertsPlan {
  if (issues.length === 0) return plan
  const listed = (language: 'en' | 'es'): string =>
    issues.map(({ where, text }) => `\n${where}: ${text[language]}`).join('')
  throw new CauceError('ALERTS_INVALID', { issuesEn: listed('en'), issuesEs: listed('es') })
}
