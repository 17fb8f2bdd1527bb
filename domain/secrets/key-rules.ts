import { isRandom } from './placeholder.ts';
import type { SecretRule } from './rule.ts';

/** Private keys in the shapes that the linter passes over: with headers, of PGP, encrypted, of PuTTY. */
export const KEY_RULES: readonly SecretRule[] = [
  {
    id: 'PrivateKey',
    title: 'Private key',
    severity: 'critical',
    confidence: 'high',
    pattern:
      /-----BEGIN (?:[A-Z0-9]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----\s{0,8}(?:[A-Za-z-]{4,12}: [^\r\n]{0,80}\s{1,8}){0,3}(?<body>[^-]{100,12000})-----END (?:[A-Z0-9]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----/g,
    holds: (secret, { match }) =>
      !/ENCRYPTED/.test(secret.slice(0, 120)) && isKeyText(match.groups?.body ?? ''),
  },
  {
    id: 'EncryptedPrivateKey',
    title: 'Private key, encrypted',
    // only as safe as its passphrase, and everyone who can read the source has all the time to guess it
    severity: 'medium',
    confidence: 'high',
    pattern:
      /-----BEGIN (?:[A-Z0-9]{2,10} ){0,2}PRIVATE KEY-----\s{0,8}(?:[A-Za-z-]{4,12}: [^\r\n]{0,80}\s{1,8}){0,3}(?<body>[^-]{100,12000})-----END (?:[A-Z0-9]{2,10} ){0,2}PRIVATE KEY-----/g,
    holds: (secret, { match }) =>
      /ENCRYPTED/.test(secret.slice(0, 120)) && isKeyText(match.groups?.body ?? ''),
  },
  {
    id: 'PuttyPrivateKey',
    title: 'PuTTY private key',
    severity: 'critical',
    confidence: 'high',
    pattern:
      /Private-Lines: \d{1,3}\s{1,4}(?<secret>[A-Za-z0-9+/=]{20,80}(?:\s{1,2}[A-Za-z0-9+/=]{1,80}){0,150})/g,
    // looked for behind, once it is worth it: a search ahead from every header would take for ever
    holds: (secret, { content, match }) =>
      content.slice(Math.max(0, match.index - 4000), match.index).includes('PuTTY-User-Key-File') &&
      isKeyText(secret),
  },
];

/** Base64 in lines, which may have been quoted, joined or escaped by the language around it. */
function isKeyText(body: string): boolean {
  const text = body.replace(/\\[nr]|[\s"'`+,\\]/g, '');
  return /^[A-Za-z0-9/=]{64,}$/.test(text) && isRandom(text.slice(0, 64), 3.5);
}
