import pMap from 'p-map';
import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { type Scope, TestId } from '../../contracts/identifiers.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import type { RunIdentity } from '../../contracts/workflows.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import type { Registry, StoredManifest } from '../../services/registry/registry.ts';
import { isTakenAway } from '../custody/is-taken-away.ts';

export const ANNOTATION = {
  bundle: 'dev.certus.bundle.digest',
  permit: 'dev.certus.permit',
  tier: 'dev.certus.permit.tier',
  bypass: 'dev.certus.bypass',
  testId: 'dev.certus.test-id',
  promotedAt: 'dev.certus.promoted-at',
} as const;

export const repositoryOf = (
  { registryNamespace }: { readonly registryNamespace: string },
  { scope, component }: Pick<RunIdentity, 'scope' | 'component'>,
): string => `${registryNamespace}/${scope.tenant}/${scope.workspace}/${component}`;

/** A component's repository: each run has its tag there, and the one that was promoted last has this one as well. */
export type Shelf = {
  readonly registry: Registry;
  readonly golden: ReadableBucket;
  readonly scope: Scope;
  readonly repository: string;
};

const LATEST = 'latest';
const ATTEMPTS = 5;

/**
 * Has the tag name the run that was promoted last, which one that is published late is not. The protocol has no conditional
 * write: whoever has written looks again, at the tag and at what others have pushed since they began.
 */
export async function moveLatest(
  shelf: Shelf,
  pushed: StoredManifest,
  tagsBefore: readonly string[],
): Promise<void> {
  const { registry, repository } = shelf;
  const before = new Set(tagsBefore);
  let newest = describe(pushed);
  let shown = await pull(shelf, LATEST);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (shown !== undefined && !isNewer(newest, shown)) return;
    await point(shelf, newest);
    const [tags, seen] = await Promise.all([registry.tags(repository), pull(shelf, LATEST)]);
    const others = tags.filter((tag) => !before.has(tag) && tag !== newest.testId);
    newest = await newestOf(shelf, others, newest);
    shown = seen;
  }
  throw new CertusError('dependency_unavailable', `Other writers kept moving ${LATEST} in ${repository}`);
}

/**
 * After a run was taken away: the tag goes back to the newest of those that are left. It is looked for by name as well, for a
 * registry that deletes nothing, and for an attempt before that came no further.
 */
export async function moveLatestBack(shelf: Shelf, testId: string): Promise<void> {
  const { registry, repository } = shelf;
  const gone = new Set([testId]);
  for (;;) {
    const shown = await pull(shelf, LATEST);
    if (shown !== undefined && !gone.has(shown.testId)) return;
    const left = (await registry.tags(repository)).filter((tag) => !gone.has(tag));
    const newest = await newestOf(shelf, left, undefined);
    if (newest === undefined) {
      if (shown !== undefined) await registry.withdraw(repository, LATEST);
      return;
    }
    if ((await isAway(shelf, newest)) || !(await point(shelf, newest))) gone.add(newest.testId);
  }
}

type Shown = {
  readonly manifest: StoredManifest;
  readonly testId: string;
  readonly promotedAt: number;
};

/** Pushing a manifest again shows it again: one that was taken away a moment before must not come back by that. */
async function point(shelf: Shelf, run: Shown): Promise<boolean> {
  const { bytes, mediaType } = run.manifest;
  await shelf.registry.pushManifest(shelf.repository, bytes, mediaType, LATEST);
  if (!(await isAway(shelf, run))) return true;
  await shelf.registry.withdraw(shelf.repository, LATEST);
  return false;
}

const isAway = async ({ golden, scope }: Shelf, { testId }: Shown): Promise<boolean> =>
  testId !== '' && isTakenAway(golden, { scope, testId });

async function newestOf<T extends Shown | undefined>(
  shelf: Shelf,
  tags: readonly string[],
  known: T,
): Promise<Shown | T> {
  const runs = tags.filter(isRun);
  const found = await pMap(runs, (tag) => pull(shelf, tag), { concurrency: 8 });
  let newest: Shown | T = known;
  for (const run of found)
    if (run !== undefined && (newest === undefined || isNewer(run, newest))) newest = run;
  return newest;
}

async function pull({ registry, repository }: Shelf, reference: string): Promise<Shown | undefined> {
  const manifest = await registry.pullManifest(repository, reference);
  return manifest && describe(manifest, isRun(reference) ? reference : undefined);
}

const Annotated = z.object({ annotations: z.record(z.string(), z.string()).default({}) });

/** What says nothing of itself, as what others have pushed there, is older than any run. */
function describe(manifest: StoredManifest, tag?: string): Shown {
  const { annotations } = Annotated.safeParse(jsonOf(manifest.bytes)).data ?? { annotations: {} };
  const named = tag ?? annotations[ANNOTATION.testId] ?? '';
  const promotedAt = Date.parse(annotations[ANNOTATION.promotedAt] ?? '');
  return {
    manifest,
    testId: isRun(named) ? named : '',
    promotedAt: Number.isNaN(promotedAt) ? Number.NEGATIVE_INFINITY : promotedAt,
  };
}

const isRun = (tag: string): boolean => TestId.safeParse(tag).success;

const isNewer = (a: Shown, b: Shown): boolean =>
  a.promotedAt === b.promotedAt ? a.manifest.digest > b.manifest.digest : a.promotedAt > b.promotedAt;
