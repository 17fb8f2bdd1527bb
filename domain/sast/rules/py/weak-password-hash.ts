import { HERE, isCallOf, isPassword, type Rule } from '../../rule.ts';

export const weakPasswordHash: Rule = {
  id: 'py/weak-password-hash',
  title: 'Password kept as a fast hash',
  cwe: ['CWE-916'],
  severity: 'high',
  confidence: 'medium',
  message: 'Who gets the hashes tries billions of passwords a second',
  fix: 'Use hashlib.scrypt, Argon2 or bcrypt with a salt of its own for each password.',
  check: (event) =>
    isCallOf(event, /^hashlib\.(?:md5|sha1|sha224|sha256|sha384|sha512)$/) && isPassword(event.args[0])
      ? HERE
      : null,
};
