import { createHash } from 'node:crypto';
import { byPattern, type Recogniser } from '../recogniser.ts';

const WORDS = /bitcoin|\bbtc\b|wallet|ethereum|\beth\b|crypto|donat/;

export const BITCOIN: Recogniser = byPattern({
  type: 'CRYPTO',
  where: 'text',
  pattern: /(?<![A-Za-z0-9+/=_-])[13][1-9A-HJ-NP-Za-km-z]{25,34}(?![A-Za-z0-9+/=_-])/g,
  likelihood: ({ value }) => (isBase58Check(value) ? 0.95 : 0),
});

export const BITCOIN_SEGWIT: Recogniser = byPattern({
  type: 'CRYPTO',
  where: 'text',
  needs: 'bc1',
  pattern: /(?<![A-Za-z0-9])bc1[02-9ac-hj-np-z]{11,71}(?![A-Za-z0-9])/g,
  likelihood: ({ value }) => (isBech32(value) ? 0.95 : 0),
});

export const ETHEREUM: Recogniser = byPattern({
  type: 'CRYPTO',
  where: 'text',
  needs: '0x',
  pattern: /(?<![A-Za-z0-9])0x[0-9A-Fa-f]{40}(?![A-Za-z0-9])/g,
  likelihood: ({ around }) => (around.says(WORDS) ? 0.85 : 0.6),
  nobodys: ({ value }) => /([0-9a-f])\1{7}|^0x0{4}|dead(?:beef|000)/i.test(value),
});

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

function isBase58Check(value: string): boolean {
  let number = 0n;
  for (const sign of value) number = number * 58n + BigInt(BASE58.indexOf(sign));
  const bytes = Buffer.from(number.toString(16).padStart(50, '0'), 'hex');
  if (bytes.length !== 25) return false;
  const once = createHash('sha256').update(bytes.subarray(0, 21)).digest();
  return createHash('sha256').update(once).digest().subarray(0, 4).equals(bytes.subarray(21));
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function isBech32(value: string): boolean {
  const values = [3, 3, 0, 2, 3, ...Array.from(value.slice(3), (sign) => BECH32.indexOf(sign))];
  let sum = 1;
  for (const one of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ one;
    GENERATORS.forEach((generator, bit) => {
      if ((top >>> bit) & 1) sum ^= generator;
    });
  }
  // the second is of the later form
  return sum === 1 || sum === 0x2bc830a3;
}
