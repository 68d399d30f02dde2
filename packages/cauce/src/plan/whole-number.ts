import { issue, type Issue } from './issue.ts'

export function isWhole(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least
}

export function wholeNumber(where: string, value: number, least: number): Issue {
  return issue(
    where,
    `${value} will not do; write a whole number from ${least}`,
    `${value} no sirve; escriba un número entero desde ${least}`,
  )
}
