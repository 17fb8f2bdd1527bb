import type { SecretMatch } from '../finding/secret-findings.ts';
import { Intervals } from '../text/intervals.ts';
import { ASSIGNMENT_RULES } from './assignment-rules.ts';
import { CONNECTION_RULES } from './connection-rules.ts';
import { KEY_RULES } from './key-rules.ts';
import { longWordsOf } from './long-words.ts';
import type { SecretRule } from './rule.ts';
import { TOKEN_RULES } from './token-rules.ts';

/** From the surest to the vaguest: the first that claims a place keeps it. */
const RULES: readonly SecretRule[] = [...KEY_RULES, ...TOKEN_RULES, ...CONNECTION_RULES, ...ASSIGNMENT_RULES];
const RANK = new Map(RULES.map(({ id }, at) => [id, at]));

const FAMILY = 'certus';

/** What our own rules see in a text; `offset` is where the text lies in its file. */
export function findSecretsIn(path: string, content: string, offset: number): SecretMatch[] {
  const words = longWordsOf(content);
  return RULES.filter(({ appliesTo }) => appliesTo?.(path) ?? true).flatMap((rule) => {
    if (rule.solid) return matchesOf(rule, words.text, (at) => offset + words.offsetOf(at));
    return matchesOf(rule, content, (at) => offset + at);
  });
}

function matchesOf(rule: SecretRule, content: string, offsetOf: (at: number) => number): SecretMatch[] {
  if (rule.needs !== undefined && !holds(content, rule.needs)) return [];
  return [...content.matchAll(rule.pattern)].flatMap((match) => {
    const secret = match.groups?.secret ?? match[0];
    if (!rule.holds(secret, { content, match })) return [];
    // from the end of the match: the name before the value may be the same text
    const start = offsetOf(match.index + match[0].lastIndexOf(secret));
    return [
      {
        rule: rule.id,
        family: FAMILY,
        message: `found ${rule.title}`,
        severity: rule.severity,
        confidence: rule.confidence,
        start,
        end: start + secret.length,
        values: [secret],
      },
    ];
  });
}

const holds = (content: string, needs: string | RegExp): boolean =>
  typeof needs === 'string' ? content.includes(needs) : needs.test(content);

/** One finding for each secret: what another rule has already named is not named again by a vaguer one. */
export function withoutRepeats(content: string, matches: readonly SecretMatch[]): SecretMatch[] {
  const ranked = matches
    .map((match) => ({ match, rank: match.family === FAMILY ? (RANK.get(match.rule) ?? 0) + 1 : 0 }))
    .sort((a, b) => a.rank - b.rank || a.match.start - b.match.start);
  const taken = new Intervals();
  return ranked.flatMap(({ match, rank }) => {
    const [start, end] = spanOf(content, match);
    if (rank > 0 && taken.overlaps(start, end)) return [];
    taken.add(start, end);
    return [match];
  });
}

/** The linter's range may begin at the name of the value and end in its middle. */
function spanOf(content: string, { start, end, values }: SecretMatch): [number, number] {
  const longest = Math.max(0, ...values.map(({ length }) => length));
  const value = values.find(({ length }) => length === longest);
  if (value === undefined) return [start, end];
  const at = content.slice(start, end + longest).indexOf(value);
  return at === -1 ? [start, end] : [Math.min(start, start + at), Math.max(end, start + at + longest)];
}
