import { CertusError } from '../../contracts/errors.ts';
import { LogEntry } from '../../contracts/transparency.ts';
import { openEntryBundle } from '../../domain/transparency/entry-bundle.ts';
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
  const bytes = await log.entryTile(index, width);
  if (bytes === undefined) return undefined;
  const leaves = openEntryBundle(bytes);
  if (leaves === undefined) throw new CertusError('log_damaged', 'the entries of the log cannot be read');
  const own = leaves.every((leaf) => LogEntry.parse(JSON.parse(leaf.toString('utf8'))).tenant === tenant);
  if (!own) throw new CertusError('forbidden', 'entries of other tenants are in this tile');
  return bytes;
}
