/** Per line, which rules the source itself takes back there, and why. */
export type Suppressions = ReadonlyMap<number, readonly Suppression[]>;
type Suppression = { readonly rule: string; readonly reason: string };

/**
 * `// certus-ignore js/sql-injection: reason`, at the end of the line or alone above it. Without a reason it does not
 * count: who reads the report must be able to judge it.
 */
export function readSuppressions(text: string): Suppressions {
  const found = new Map<number, Suppression[]>();
  for (const [at, raw] of text.split('\n').entries()) {
    const match = COMMENT.exec(raw.slice(0, MAX_LINE));
    const { before, rule, reason } = match?.groups ?? {};
    if (rule === undefined || reason === undefined) continue;
    const line = before?.trim() === '' ? at + 2 : at + 1;
    found.set(line, [
      ...(found.get(line) ?? []),
      {
        rule,
        reason: reason
          .replace(/\*\/\s{0,8}\}?$/, '')
          .trim()
          .slice(0, 500),
      },
    ]);
  }
  return found;
}

const MAX_LINE = 2000;
const COMMENT =
  /^(?<before>[\s\S]*?)(?:\/\/|#|\/\*|\{\/\*)[ \t]{0,8}certus-ignore[ \t]{1,8}(?<rule>[a-z]{2,4}\/[a-z-]{3,60}):[ \t]{0,8}(?<reason>\S[\s\S]*)$/;

export const reasonFor = (suppressions: Suppressions, line: number, rule: string): string | undefined =>
  suppressions.get(line)?.find((one) => one.rule === rule)?.reason;
