import type { KeySet } from '../../contracts/keys.ts';
import type { Inclusion, LogEntry } from '../../contracts/transparency.ts';
import { CustodyError } from '../custody/custody-error.ts';
import { strictBase64 } from './base64.ts';
import { openCheckpoint } from './checkpoint.ts';
import { leafHash, leafOf } from './merkle-hash.ts';
import { inclusionHolds } from './verify-proof.ts';

export type LoggedAt = { readonly index: number; readonly size: number; readonly keyId: string };

/** A proof that travels with what it is about, and is checked without asking anybody (C2SP tlog-proof). */
export function logProof({ index, hashes, checkpoint }: Inclusion): string {
  const lines = hashes.map((hash) => Buffer.from(hash, 'hex').toString('base64'));
  return `${[HEADER, `index ${index}`, ...lines].join('\n')}\n\n${checkpoint}`;
}

/** Where the log has this very entry, under a log key that the set pins; anything else is no proof. */
export function verifyLogProof(proof: string | Uint8Array, entry: LogEntry, keySet: KeySet): LoggedAt {
  const { index, hashes, checkpoint } = parse(proof);
  const { size, root, key } = openCheckpoint(checkpoint, keySet, entry.at);
  if (!inclusionHolds({ index, size, leafHash: leafHash(leafOf(entry)), hashes, root }))
    throw invalid('the proof does not lead from this entry to the root that the log has signed');
  return { index, size, keyId: key.id };
}

type Parsed = { readonly index: number; readonly hashes: readonly Buffer[]; readonly checkpoint: string };

function parse(proof: string | Uint8Array): Parsed {
  if (proof.length > MAX_BYTES) throw invalid('the proof is too long');
  const text = typeof proof === 'string' ? proof : decode(proof);
  const cut = text.indexOf('\n\n');
  if (cut < 0) throw invalid('the proof has no checkpoint');
  const [header, ...lines] = text.slice(0, cut).split('\n');
  if (header !== HEADER) throw invalid('it is not a proof of a log');
  // Nobody has signed the extra data: it is allowed to be there, and not to mean anything.
  if (lines[0]?.startsWith('extra ') && strictBase64(lines[0].slice(6)) !== undefined) lines.shift();
  const [, index] = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '') ?? [];
  if (index === undefined || lines.length > MAX_HASHES) throw invalid('the proof does not name a place');
  const hashes = lines.map((line) => strictBase64(line) ?? Buffer.alloc(0));
  return { index: Number(index), hashes, checkpoint: text.slice(cut + 2) };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid('the proof is not text');
  }
}

const invalid = (message: string): CustodyError => new CustodyError('log_proof_invalid', message);

const HEADER = 'c2sp.org/tlog-proof@v1';
const MAX_BYTES = 256 * 1024;
/** As high as a tree can be. */
const MAX_HASHES = 64;
