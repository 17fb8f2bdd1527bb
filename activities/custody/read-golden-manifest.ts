import { GoldenManifest } from '../../contracts/bundle.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';

/** Room for twice the files that a bundle may have. */
const MAX_BYTES = 16 * 1024 * 1024;

/** What golden shows of a run. Whose it is and what it is worth, each reader asks for itself. */
export async function readGoldenManifest(golden: ReadableBucket, key: string): Promise<GoldenManifest> {
  const bytes = await golden.read(key, MAX_BYTES);
  return GoldenManifest.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
}
