import { sql } from 'kysely'

/**
 * Conditions of partial indexes, word for word as their migration has them: the engines use such an index only for a query that
 * spells its condition out, not for one that passes it as a parameter.
 */
export const isPending = sql<boolean>`state = 'pending'`
export const isOpen = sql<boolean>`state in ('pending', 'extracting', 'transforming', 'loading')`
export const isFailedSystem = sql<boolean>`state = 'failed_system'`
