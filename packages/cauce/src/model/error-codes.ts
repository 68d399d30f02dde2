import { DESTINATION_ERRORS } from './errors/destination-errors.ts'
import { ITEM_ERRORS } from './errors/item-errors.ts'
import { PROJECT_ERRORS } from './errors/project-errors.ts'
import { SERVICE_ERRORS } from './errors/service-errors.ts'
import { SOURCE_ERRORS } from './errors/source-errors.ts'

/** Every error a person can meet, once. Texts name the file or field and the remedy; `{detail}` is the reporter's own words. */
export const ERROR_CODES = {
  ...SOURCE_ERRORS,
  ...DESTINATION_ERRORS,
  ...ITEM_ERRORS,
  ...PROJECT_ERRORS,
  ...SERVICE_ERRORS,
} as const

export type ErrorCodeName = keyof typeof ERROR_CODES
