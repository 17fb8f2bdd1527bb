import { createHash } from 'node:crypto';

/** Numbers that hold by their rules and belong to nobody, made from a seed. */
export function madeUp(seed: number) {
  let state = seed * 7919 + 17;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % limit;
  };
  const digits = (count: number) => Array.from({ length: count }, () => below(10)).join('');
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const hex = (count: number) => Array.from({ length: count }, () => '0123456789abcdef'[below(16)]).join('');
  return { below, digits, pick, hex };
}

export function withLuhn(digits: string): string {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]) * (at % 2 === 0 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

export function withIbanDigits(country: string, account: string): string {
  let rest = 0;
  for (const sign of `${account}${country}00`) rest = Number(`${rest}${Number.parseInt(sign, 36)}`) % 97;
  return `${country}${String(98 - rest).padStart(2, '0')}${account}`;
}

export const inFours = (text: string, gap = ' '): string => text.replace(/.{4}(?=.)/g, `$&${gap}`);

/** An address of the first form, with its four bytes of a check. */
export function bitcoinAddress(hash: string): string {
  const payload = Buffer.from(`00${hash}`, 'hex');
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
  const bytes = Buffer.concat([payload, sha256(sha256(payload)).subarray(0, 4)]);
  let address = '';
  for (let number = BigInt(`0x${bytes.toString('hex')}`); number > 0n; number /= 58n)
    address = `${BASE58[Number(number % 58n)]}${address}`;
  return `1${address}`;
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
