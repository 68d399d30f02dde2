/** Clocks of two machines that are further apart than this are taken for wrong, and so are times of ours further ahead. */
export const MAX_CLOCK_SKEW_MS = 5 * 60_000
