import type { KeySet, TrustedKey } from '../../contracts/keys.ts';
import { CustodyError } from '../custody/custody-error.ts';
import { strictBase64 } from './base64.ts';
import { EMPTY_ROOT, HASH_BYTES } from './merkle-hash.ts';
import { noteKey, openNote } from './signed-note.ts';

export type TreeHead = { readonly origin: string; readonly size: number; readonly root: Buffer };

/** What a log signs: its name, how many entries it has, and the root over them (C2SP tlog-checkpoint). */
export const checkpointText = ({ origin, size, root }: TreeHead): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`;

export type OpenedCheckpoint = TreeHead & { readonly key: TrustedKey };

/**
 * Believes a checkpoint only under a key that is pinned for the log whose name it bears. A checkpoint tells no time:
 * `at` is when what it vouches for was written down, and without one nothing of a revoked key is believed.
 */
export function openCheckpoint(note: string, keySet: KeySet, at?: string): OpenedCheckpoint {
  const logs = keySet.keys.flatMap((key) => {
    const named =
      key.role === 'log' && key.origin !== undefined ? noteKey(key.origin, key.public_key_pem) : undefined;
    return named === undefined ? [] : [{ named, key }];
  });
  const opened = openNote(
    note,
    logs.map(({ named }) => named),
  );
  const key = logs.find(({ named }) => named === opened?.key)?.key;
  if (opened === undefined || key === undefined)
    throw invalid('no log that is trusted has signed the checkpoint');
  requireValid(key, at);
  const head = parseCheckpoint(opened.text);
  // A key that signs for one log may not speak for another.
  if (head?.origin !== key.origin || head === undefined)
    throw invalid('what the log signed is no checkpoint of its own');
  return { ...head, key };
}

/** Lines behind the third are somebody's extension: they mean nothing here, and no log of ours writes any. */
function parseCheckpoint(text: string): TreeHead | undefined {
  const lines = text.slice(0, -1).split('\n');
  const [origin, size, encoded, ...extensions] = lines;
  if (!origin || size === undefined || encoded === undefined || extensions.includes('')) return undefined;
  const root = strictBase64(encoded);
  if (!/^(?:0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) return undefined;
  if (root?.length !== HASH_BYTES || (size === '0' && !root.equals(EMPTY_ROOT))) return undefined;
  return { origin, size: Number(size), root };
}

function requireValid({ id, valid_until, revoked }: TrustedKey, at: string | undefined): void {
  if (at !== undefined && valid_until !== null && Date.parse(at) >= Date.parse(valid_until))
    throw new CustodyError('key_not_valid_then', `the log key ${id} was no longer valid at ${at}`);
  if (revoked === undefined) return;
  const since = revoked.invalid_since;
  if (since === null || at === undefined || Date.parse(at) >= Date.parse(since))
    throw new CustodyError('key_revoked', `the log key ${id} was revoked: ${revoked.reason}`);
}

const invalid = (message: string): CustodyError => new CustodyError('log_proof_invalid', message);
