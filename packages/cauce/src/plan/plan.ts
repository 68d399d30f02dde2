export type * from '../model/plan.ts'
