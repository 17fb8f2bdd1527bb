import { CertusError } from '../../contracts/errors.ts';
import { type Scope, TestId } from '../../contracts/identifiers.ts';
import { IngestionSource } from '../../contracts/ingestion.ts';
import { goldenPrefix } from '../../contracts/object-keys.ts';

/** As the earlier contract calls it, whatever the bucket is called. */
const GOLDEN = 'golden';

/** What a bucket and a key, or a prefix, of the earlier contract stand for; `only`: nothing below the key is meant. */
export function lakeSource(
  scope: Scope,
  bucket: string | undefined,
  place: string,
  { only }: { readonly only: boolean },
): IngestionSource {
  if (bucket === undefined || bucket === GOLDEN) return { kind: 'golden', test_id: runOf(scope, place) };
  return IngestionSource.parse({ kind: 's3', bucket, prefix: place, exclude_globs: only ? ['**'] : [] });
}

/** Of keys in golden only the run counts, and only of this workspace: whose evidence is read follows from who asks. */
function runOf(scope: Scope, place: string): string {
  const testId = TestId.safeParse(place.split('/')[3]).data;
  if (testId !== undefined && `${place}/`.startsWith(goldenPrefix(scope, testId).replace(/golden\/$/, '')))
    return testId;
  throw new CertusError('invalid_key', 'it is no key of a golden copy in this workspace', {
    fields: [{ path: 'key', message: 'names no golden copy; another bucket is named by `bucket`' }],
  });
}
