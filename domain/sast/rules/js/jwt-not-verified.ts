import { HERE, isCallOf, option, type Rule } from '../../rule.ts';

export const jwtNotVerified: Rule = {
  id: 'js/jwt-not-verified',
  title: 'Token accepted without its signature',
  cwe: ['CWE-347'],
  severity: 'high',
  confidence: 'high',
  message: 'Anybody can write a token with the algorithm none',
  fix: 'List the algorithms that are accepted, without none.',
  check: (event) =>
    isCallOf(event, /^(?:jsonwebtoken|jwt)\.verify$/) &&
    /\bnone\b/i.test(option(event, 'algorithms')?.text ?? '')
      ? HERE
      : null,
};
