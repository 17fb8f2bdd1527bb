import { CertusError } from '../../contracts/errors.ts';
import { LogEntry } from '../../contracts/transparency.ts';
import { openEntryBundle } from '../../domain/transparency/entry-bundle.ts';
import { leafHash } from '../../domain/transparency/merkle-hash.ts';
import type { TransparencyReader } from '../../services/transparency/transparency-log.ts';

/**
 * The log is one for all tenants, and a bundle of entries tells who did what and when. A bundle with one left out would no
 * longer be what was hashed: one that has an entry of somebody else is not given out at all.
 */
export async function readEntries(
  log: TransparencyReader,
  tenant: string,
  index: number,
  width: number,
): Promise<Uint8Array | undefined> {
  const hashes = await log.tile(0, index, width);
  if (hashes === undefined) return undefined;
  const bytes = await log.entryTile(index, width);
  const leaves = bytes && openEntryBundle(bytes);
  // one that was taken out must not look like one that is only not shown
  if (leaves === undefined || !Buffer.concat(leaves.map(leafHash)).equals(hashes))
    throw new CertusError('log_damaged', 'entries of the log are gone, or not the ones that were hashed');
  const own = leaves.every((leaf) => LogEntry.parse(JSON.parse(leaf.toString('utf8'))).tenant === tenant);
  if (!own) throw new CertusError('forbidden', 'entries of other tenants are in this tile');
  return bytes;
}
