import { RE2JS } from '@bufbuild/re2';
import { CertusError } from '../../contracts/errors.ts';
import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import { patternProblem, patternSize } from '../policy/rule-pattern.ts';
import { searchFor } from './linear-search.ts';

/** Refuses a policy whose own patterns are none, find nothing everywhere, or would cost more than they are worth. */
export function requireUsablePrivacyPolicy({ custom }: PrivacyPolicy): void {
  for (const { type, pattern } of custom) {
    const problem = patternProblem(pattern) ?? nothingProblem(pattern);
    if (problem !== undefined) throw new CertusError('privacy_policy_invalid', `${type}: ${problem}`);
  }
  const size = custom.reduce((sum, { pattern }) => sum + patternSize(pattern), 0);
  if (size > MAX_SIZE)
    throw new CertusError(
      'privacy_policy_invalid',
      `the patterns are too much work for each letter of a text: ${size}, and ${MAX_SIZE} at most`,
    );
}

/** All of a policy's patterns go over every text, one after the other. */
const MAX_SIZE = 5000;

/** A pattern that is content with nothing matches between any two letters. */
function nothingProblem(pattern: string): string | undefined {
  const engine = RE2JS.compile(pattern);
  return PROBES.some((text) => matchesNothingIn(engine, text))
    ? `the pattern "${pattern}" matches the empty text`
    : undefined;
}

/** With a letter around it, so that a boundary of words alone is caught as well. */
const matchesNothingIn = (engine: RE2JS, text: string): boolean =>
  engine.test(text) && searchFor(engine)(text).length === 0;

const PROBES = ['', 'a', ' ', '\n', 'a b', '1'];
