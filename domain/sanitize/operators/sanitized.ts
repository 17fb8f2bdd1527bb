/** Offsets in UTF-16 units of the text that was given. */
export type Finding = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
};

export type Sanitized = {
  readonly text: string;
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<string, number>>;
};

export function countsOf(found: readonly { readonly type: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of found) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}
