import { HERE, type Rule } from '../../rule.ts';

export const insecureRandomness: Rule = {
  id: 'py/insecure-randomness',
  title: 'Guessable random value',
  cwe: ['CWE-330', 'CWE-338'],
  severity: 'medium',
  confidence: 'medium',
  message: 'The random module can be foretold, and here it makes something secret',
  fix: 'Use the secrets module.',
  check: (event) =>
    event.kind === 'assign' &&
    /token|secret|password|passwd|session_?id|nonce|salt|otp|api_?key|csrf|reset_?code/i.test(
      event.property ?? '',
    ) &&
    /^random\.\w+\(\)/.test(event.value.path ?? '')
      ? HERE
      : null,
};
