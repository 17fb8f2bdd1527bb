import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { PrivacyPolicy } from '../../../contracts/privacy.ts';
import { createNameMask } from '../../../services/agent/name-mask.ts';
import { openSiteKeys, type SiteKeys } from '../../../services/agent/site-keys.ts';
import { SiteState } from '../../../services/agent/site-state.ts';
import { Spool } from '../../../services/agent/spool.ts';

export const policy = PrivacyPolicy.parse({
  schema: 'https://certus.dev/privacy-policy/v1',
  name: 'agent',
});
export const silent = pino({ level: 'silent' });
export const never = new AbortController().signal;

export type Disk = {
  readonly folder: string;
  readonly keys: SiteKeys;
  readonly state: SiteState;
  readonly spool: Spool;
  readonly mask: ReturnType<typeof createNameMask>;
};

/** What an agent has on its disk, opened as at a start; opened again it is what a crash has left. */
export async function openDisk(folder: string, maxBytes = 1024 * 1024): Promise<Disk> {
  mkdirSync(folder, { recursive: true });
  const keys = await openSiteKeys(join(folder, '..', 'spool.key'), true);
  const state = new SiteState(folder, keys);
  const spool = await Spool.open(folder, keys, state, maxBytes);
  return { folder, keys, state, spool, mask: createNameMask(policy, keys) };
}

export const delivery = (source: string, sequence: number, items = 1) => ({
  ...{ id: String(sequence).padStart(64, '0'), source, sequence, items },
  createdAt: '2026-06-01T12:00:00.000Z',
});

export const known = (key: string, version = 'v1') => ({
  ...{ key, version, hash: 'h', meant: 'm', sent: [key] },
});

/** Every byte of every file below a folder, and their names. */
export function everythingIn(folder: string): Buffer {
  const parts: Buffer[] = [];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    parts.push(Buffer.from(`${name}\n`));
    if (statSync(join(folder, name)).isFile()) parts.push(readFileSync(join(folder, name)));
  }
  return Buffer.concat(parts);
}
