/** How far the clocks of two machines may be apart before a time in the future counts as a lie. */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;
