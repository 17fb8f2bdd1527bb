import { HERE, type Rule } from '../../rule.ts';

const SECRET = /token|secret|password|passwd|session_?id|nonce|salt|otp|api_?key|csrf|reset_?code/i;
const MADE = /^Math\.random\(\)/;

export const insecureRandomness: Rule = {
  id: 'js/insecure-randomness',
  title: 'Guessable random value',
  cwe: ['CWE-338'],
  severity: 'medium',
  confidence: 'medium',
  message: 'Math.random can be foretold, and here it makes something secret',
  fix: 'Use crypto.randomBytes or crypto.randomUUID.',
  check: (event) =>
    (event.kind === 'assign' && SECRET.test(event.property ?? '') && MADE.test(event.value.path ?? '')) ||
    (event.kind === 'entry' && SECRET.test(event.name) && MADE.test(event.value.path ?? ''))
      ? HERE
      : null,
};
