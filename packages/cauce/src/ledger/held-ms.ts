/** `dueMs` of items that are not to be claimed before they are dispatched: later than any time. */
export const HELD_MS = Number.MAX_SAFE_INTEGER
