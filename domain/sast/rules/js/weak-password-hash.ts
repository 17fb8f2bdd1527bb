import { HERE, isCallOf, isPassword, type Rule } from '../../rule.ts';

export const weakPasswordHash: Rule = {
  id: 'js/weak-password-hash',
  title: 'Password kept as a fast hash',
  cwe: ['CWE-916'],
  severity: 'high',
  confidence: 'medium',
  message: 'Who gets the hashes tries billions of passwords a second',
  fix: 'Use crypto.scrypt, Argon2 or bcrypt with a salt of its own for each password.',
  check: (event) =>
    isCallOf(event, /^crypto\.createHash\(\)\.update$/) &&
    /^(?:md[245]|sha-?(?:1|224|256|384|512))$/i.test(event.receiver?.text ?? '') &&
    isPassword(event.args[0])
      ? HERE
      : null,
};
