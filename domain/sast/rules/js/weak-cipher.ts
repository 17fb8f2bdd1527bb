import { HERE, isCallOf, type Rule } from '../../rule.ts';

export const weakCipher: Rule = {
  id: 'js/weak-cipher',
  title: 'Weak cipher',
  cwe: ['CWE-327'],
  severity: 'high',
  confidence: 'high',
  message: 'This cipher can be broken, or shows what repeats',
  fix: 'Use aes-256-gcm with a new nonce for each message.',
  check: (event) => {
    if (isCallOf(event, /^crypto\.(?:createCipher|createDecipher)$/)) return HERE;
    return isCallOf(event, /^crypto\.(?:createCipheriv|createDecipheriv)$/) &&
      /^(?:des|rc2|rc4|bf|blowfish|cast)|-ecb$/i.test(String(event.args[0]?.constant))
      ? HERE
      : null;
  },
};
