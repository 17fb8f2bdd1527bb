import { HERE, isCallOf, type Rule } from '../../rule.ts';

export const jwtNotVerified: Rule = {
  id: 'py/jwt-not-verified',
  title: 'Token accepted without its signature',
  cwe: ['CWE-347'],
  severity: 'high',
  confidence: 'high',
  message: 'Anybody can write such a token',
  fix: 'Leave the check of the signature on, and list the algorithms.',
  check: (event) =>
    isCallOf(event, /^jwt\.decode$/) &&
    (event.named.get('verify')?.constant === false ||
      event.named.get('options')?.entries?.get('verify_signature')?.constant === false ||
      /\bnone\b/i.test(event.named.get('algorithms')?.text ?? ''))
      ? HERE
      : null,
};
