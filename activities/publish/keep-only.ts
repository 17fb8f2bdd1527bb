import pMap from 'p-map';
import type { Bucket } from '../../services/objects/store.ts';

/**
 * Takes away what an attempt left in golden that came to another end: the policy was changed since, or a file that was looked
 * into in time is not this time. Nobody would be shown it, and it would lie there for good.
 */
export async function keepOnly(golden: Bucket, prefix: string, paths: ReadonlySet<string>): Promise<void> {
  const others: string[] = [];
  for await (const { key } of golden.list(prefix)) if (!paths.has(key.slice(prefix.length))) others.push(key);
  await pMap(others, (key) => golden.remove(key), { concurrency: 8 });
}
