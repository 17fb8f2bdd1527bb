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
