/** How long a claim lives without a sign of life. */
export const LEASE_MS = 15_000

/** How often a sign of life is given; its answer is also how a worker hears that an item is to be cancelled. */
export const HEARTBEAT_MS = 2_000
