import { HERE, isPassword, option, type Rule } from '../../rule.ts';

export const weakHash: Rule = {
  id: 'py/weak-hash',
  title: 'Weak hash',
  cwe: ['CWE-327', 'CWE-328'],
  severity: 'low',
  confidence: 'medium',
  message: 'MD5 and SHA-1 can be made to collide',
  fix: 'Use SHA-256.',
  check: (event) => {
    if (
      event.kind !== 'call' ||
      isPassword(event.args[0]) ||
      option(event, 'usedforsecurity')?.constant === false
    )
      return null;
    if (/^hashlib\.(?:md5|sha1|md4)$/.test(event.path)) return HERE;
    return event.path === 'hashlib.new' && /^(?:md[245]|sha-?1)$/i.test(String(event.args[0]?.constant))
      ? HERE
      : null;
  },
};
