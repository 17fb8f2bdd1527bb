import type { Hash } from './component.ts';

const LENGTHS: Readonly<Record<string, [Hash['algorithm'], number]>> = {
  md5: ['MD5', 32],
  sha1: ['SHA-1', 40],
  sha256: ['SHA-256', 64],
  sha384: ['SHA-384', 96],
  sha512: ['SHA-512', 128],
};

/** `sha512-<base64>`, several with spaces between, as npm and its kin write it. What is none is left out. */
export function parseIntegrity(value: string | null): Hash[] {
  if (value === null || value.length > 4096) return [];
  return value.split(/\s+/).flatMap((part) => {
    const cut = part.indexOf('-');
    const base64 = part.slice(cut + 1).split('?')[0] ?? '';
    return hashOf(part.slice(0, cut), Buffer.from(base64, 'base64').toString('hex'));
  });
}

/** `sha256:<hex>`, as Python's tools write it. */
export function parseHexHash(value: string | null): Hash[] {
  const cut = value?.indexOf(':') ?? -1;
  return value === null || cut === -1 ? [] : hashOf(value.slice(0, cut), value.slice(cut + 1));
}

export function hashOf(algorithm: string, hex: string): Hash[] {
  const known = Object.hasOwn(LENGTHS, algorithm) ? LENGTHS[algorithm] : undefined;
  const text = hex.toLowerCase();
  if (known === undefined || text.length !== known[1] || !/^[0-9a-f]+$/.test(text)) return [];
  return [{ algorithm: known[0], hex: text }];
}
