/** How long a tool may take, and what it is told when that was not enough. */
export type TimeLimit = { readonly seconds: number; readonly reason: string };

/** The shortest of what the tool may take at all, what the manifest gives it, and what is left for all tools together. */
export function timeLimit(
  own: number,
  configured: number | undefined,
  until: string | null,
  now: number,
): TimeLimit {
  const limits: TimeLimit[] = [
    { seconds: own, reason: `it took longer than ${own} s` },
    ...(configured === undefined
      ? []
      : [{ seconds: configured, reason: `it took longer than the ${configured} s of its timeout` }]),
    ...(until === null
      ? []
      : [
          {
            seconds: Math.max(0, (Date.parse(until) - now) / 1000),
            reason: 'the time of the profile for all tools together is used up',
          },
        ]),
  ];
  return limits.reduce((a, b) => (b.seconds < a.seconds ? b : a));
}
