import { RE2JS } from '@bufbuild/re2';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CertusError } from '../../../contracts/errors.ts';
import { PrivacyPolicy } from '../../../contracts/privacy.ts';
import { searchFor } from '../../../domain/sanitize/linear-search.ts';
import { requireUsablePrivacyPolicy } from '../../../domain/sanitize/usable-privacy-policy.ts';

const withPatterns = (...patterns: string[]) =>
  PrivacyPolicy.parse({
    schema: 'https://certus.dev/privacy-policy/v1',
    name: 'own',
    custom: patterns.map((pattern) => ({ type: 'OWN_KIND', pattern })),
  });
const problem = (...patterns: string[]): unknown => {
  try {
    requireUsablePrivacyPolicy(withPatterns(...patterns));
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('a pattern of a tenant is refused', () => {
  test.each([
    ['that is none', '('],
    ['that looks ahead', 'a(?=b)'],
    ['that repeats what it found', '(a)\\1'],
    ['that is content with nothing', 'a*'],
    ['that is content with nothing beside something', 'K-[0-9]+|'],
    ['that is a place and not a text', '\\b'],
    ['that is the end of lines', '(?m)$'],
    ['that counts too far', '(?:[a-z]{100}){100}'],
  ])('%s: %s', (_, pattern) => {
    const refused = problem('K-[0-9]{6}', pattern);
    expect(refused).toBeInstanceOf(CertusError);
    expect(refused).toMatchObject({ code: 'privacy_policy_invalid' });
  });

  test('and so are too many that are costly together', () => {
    const one = '[a-z]{50}';
    expect(problem(one)).toBeUndefined();
    expect(problem(...Array<string>(90).fill(one))).toMatchObject({ code: 'privacy_policy_invalid' });
  });

  test.each(['K-[0-9]{6}', '(?i)\\bkunde [a-z]+\\b', '\\p{Lu}{2}[0-9]+', '^x+$'])('but not %s', (pattern) => {
    expect(problem(pattern)).toBeUndefined();
  });
});

describe('what a pattern covers', () => {
  const PATTERNS = [
    'ab',
    'a+',
    'a+b',
    '(?:a|ab)c?',
    '\\ba+\\b',
    '^b',
    'c$',
    '[ab]{2,3}',
    'a.c',
    '(?m)^a',
    'é+',
    '😀a',
  ];

  test.each(PATTERNS)(
    'is what one match after the other covers, and more only where more match: %s',
    (pattern) => {
      const search = searchFor(RE2JS.compile(pattern));
      fc.assert(
        fc.property(
          fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', '\n', 'é', '😀'), maxLength: 24 }),
          (text) => {
            const covered = search(text);
            // each place where the backtracking engine of the language finds one
            const flags = pattern.startsWith('(?m)') ? 'muy' : 'uy';
            const peer = new RegExp(pattern.replace('(?m)', ''), flags);
            const starts: [number, number][] = [];
            for (let at = 0; at < text.length; at += text.codePointAt(at)! > 0xffff ? 2 : 1) {
              peer.lastIndex = at;
              const match = peer.exec(text);
              if (match !== null && match[0] !== '') starts.push([at, at + match[0].length]);
            }
            const isIn = (at: number) => covered.some(({ start, end }) => at >= start && at < end);
            expect(starts.every(([from, to]) => isIn(from) && isIn(to - 1))).toBe(true);
            expect(covered.every(({ start }) => starts.some(([from]) => from === start))).toBe(true);
            expect(
              covered.every(({ start, end }, at) => start < end && start >= (covered[at - 1]?.end ?? 0)),
            ).toBe(true);
          },
        ),
        { numRuns: 300 },
      );
    },
  );

  test('is known in one pass, whatever the text', () => {
    for (const pattern of ['(?:a+)+b', '(?:a|aa)+c', 'a[^b]*b', '(?:.*a){8}'])
      expect(searchFor(RE2JS.compile(pattern))(`${'a'.repeat(50_000)}\n`).length).toBeLessThanOrEqual(1);
  });
});
