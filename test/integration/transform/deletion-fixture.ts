import { join } from 'node:path';
import type { DeletionDeps } from '../../../activities/golden/deletion-deps.ts';
import { carryOut } from '../../../activities/trust/orders/carry-out.ts';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { goldenPrefix } from '../../../contracts/object-keys.ts';
import type { TrustAction } from '../../../contracts/orders.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { verifyBundle } from '../../../domain/custody/verify-bundle.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { order } from '../permit/trust-fixture.ts';
import { bring, finish, orderPromotion, permitted, place, type Zones } from './promotion-fixture.ts';

export type Keeping = DeletionDeps;

export async function keepingOf(folder: string, zones: Zones, now: () => Date): Promise<Keeping> {
  const archive = await openDirectoryStore(join(folder, 'objects')).bucket('archive');
  return { ...zones.transform, golden: zones.golden, archive, now };
}

/** Documents of which one is masked and one held back, in golden. */
export async function promotedDocuments(zones: Zones, prefix = 'active') {
  const documents = await Promise.all([
    bring(zones, `${prefix}/clean.md`, 'nothing here'),
    bring(zones, `${prefix}/held.md`, 'HOLD this'),
    bring(zones, `${prefix}/masked.md`, 'a MASK here'),
  ]);
  const input = await orderPromotion(zones, documents);
  const run = await permitted(zones, input);
  const page = await place(zones, input, run);
  await finish(zones, input, run, page.policy);
  return { scope: zones.scope, testId: input.testId, bundleDigest: run.bundle.digest };
}

export type Promoted = Awaited<ReturnType<typeof promotedDocuments>>;

/** An order that Trust has carried out. */
export async function ordered(zones: Zones, action: TrustAction, givenAt?: string): Promise<string> {
  const { order: given } = await order(zones.database, action, givenAt === undefined ? {} : { givenAt });
  const outcome = await carryOut(zones.trust.deps, { tenant: 'acme', orderId: given.id });
  if (outcome.state !== 'done') throw new Error(`refused: ${outcome.message}`);
  return given.id;
}

export const deletionOf = ({ scope, testId, bundleDigest }: Promoted) => ({
  kind: 'delete_evidence' as const,
  workspace: scope.workspace,
  test_id: testId,
  bundle_digest: bundleDigest,
  reason: 'the customer left',
});

export async function keysIn(bucket: Bucket, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of bucket.list(prefix)) keys.push(key);
  return keys;
}

/** What lies below the golden prefix, as anybody verifies it. */
export async function verified(bucket: Bucket, { scope, testId }: Promoted, keySet: Keeping['keySet']) {
  const prefix = goldenPrefix(scope, testId);
  const statements = new Map<string, Uint8Array>();
  const files = new Map<string, { sha256: string; size: number }>();
  for (const key of await keysIn(bucket, prefix)) {
    const [path, bytes] = [key.slice(prefix.length), await bucket.read(key, 1e8)];
    if (path.startsWith(BUNDLE.statements)) statements.set(path, bytes);
    else files.set(path, { sha256: sha256(bytes), size: bytes.length });
  }
  const indexBytes = await bucket.read(`${prefix}${BUNDLE.index}`, 1e8);
  files.delete(BUNDLE.index);
  return verifyBundle({ indexBytes, statements, files }, keySet);
}

/** Puts one file back under the lock of the store, as promotion does where a policy asks for it. */
export async function locked(folder: string, run: Promoted, until: Date): Promise<Bucket> {
  const store = openDirectoryStore(join(folder, 'objects'));
  const golden = await store.bucket('golden', { lock: 'governance' });
  const key = `${goldenPrefix(run.scope, run.testId)}documents/active/clean.md`;
  const bytes = await golden.read(key, 1e6);
  await golden.remove(key);
  await golden.put(key, bytes, { contentType: 'text/markdown', retainUntil: until });
  return golden;
}

/** A bucket that fails for good from the nth change on, as a process that was killed does. */
export function dyingAfter(bucket: Bucket, changes: { left: number }): Bucket {
  const alive = () => {
    if (changes.left <= 0) throw new Error('killed');
    changes.left -= 1;
  };
  return new Proxy(bucket, {
    get: (target, name) => {
      if (name === 'put' || name === 'remove')
        return async (...given: unknown[]) => {
          alive();
          return (target[name] as (...all: unknown[]) => Promise<unknown>).apply(target, given);
        };
      const value = target[name as keyof Bucket];
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}
