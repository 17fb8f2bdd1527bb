import { z } from 'zod';
import { Sha256 } from '../../contracts/identifiers.ts';
import { invalid } from '../problems.ts';

/** Where clients say what the bytes are that they send. */
export const DigestHeaders = z.object({
  digest: z
    .string()
    .max(1000)
    .optional()
    .meta({ description: 'Of the file: `sha-256=` and Base64 (RFC 3230).' }),
  'x-checksum-sha256': z
    .string()
    .max(100)
    .optional()
    .meta({ description: 'Of the file, in hexadecimal digits or Base64.' }),
});

/** What the file is to have for a digest; nobody has to say. Two that differ cannot both be meant. */
export function announcedDigest(
  query: string | undefined,
  headers: z.infer<typeof DigestHeaders>,
): string | undefined {
  const said = new Set<string>();
  if (query !== undefined) said.add(query);
  const plain = headers['x-checksum-sha256'];
  if (plain !== undefined) said.add(hexOf(plain.trim(), 'x-checksum-sha256'));
  for (const [, value] of (headers.digest ?? '').matchAll(/(?:^|,)\s*sha-256=([^,]{0,100})/gi))
    said.add(hexOf((value ?? '').trim(), 'digest'));
  if (said.size > 1)
    throw invalid([{ path: 'sha256', message: 'several digests are given, and they differ' }]);
  return [...said][0];
}

function hexOf(text: string, path: string): string {
  const hex = /^[0-9A-Fa-f]{64}$/.test(text) ? text : Buffer.from(text, 'base64').toString('hex');
  const digest = Sha256.safeParse(hex.toLowerCase());
  if (digest.success && (text.length === 64 || /^[A-Za-z0-9+/]{43}=$/.test(text))) return digest.data;
  throw invalid([{ path, message: 'is not a SHA-256 digest' }]);
}
