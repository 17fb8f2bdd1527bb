import { HERE, isCallOf, type Rule } from '../../rule.ts';

export const weakHash: Rule = {
  id: 'js/weak-hash',
  title: 'Weak hash',
  cwe: ['CWE-327', 'CWE-328'],
  severity: 'low',
  confidence: 'medium',
  message: 'MD5 and SHA-1 can be made to collide',
  fix: 'Use SHA-256.',
  check: (event) =>
    isCallOf(event, /^crypto\.(?:createHash|createHmac|hash)$/) &&
    /^(?:md[245]|sha-?1|ripemd)/i.test(String(event.args[0]?.constant))
      ? event.method === 'createHmac' && /^sha/i.test(String(event.args[0]?.constant))
        ? null
        : HERE
      : null,
};
