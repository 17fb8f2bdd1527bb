import { HERE, type Rule } from '../../rule.ts';

export const weakCipher: Rule = {
  id: 'py/weak-cipher',
  title: 'Weak cipher',
  cwe: ['CWE-327'],
  severity: 'high',
  confidence: 'high',
  message: 'This cipher can be broken, or shows what repeats',
  fix: 'Use AES-GCM with a new nonce for each message.',
  check: (event) => {
    if (event.kind !== 'call') return null;
    if (/^(?:Crypto|Cryptodome)\.Cipher\.(?:DES|DES3|ARC2|ARC4|Blowfish)\.new$/.test(event.path)) return HERE;
    const isAes = /(?:^|\.)AES\.new$/.test(event.path);
    return (isAes && /MODE_ECB$/.test(event.args[1]?.path ?? '')) ||
      /(?:^|\.)modes\.ECB$|^cryptography\..*\.(?:ARC4|Blowfish|TripleDES)$/.test(event.path)
      ? HERE
      : null;
  },
};
