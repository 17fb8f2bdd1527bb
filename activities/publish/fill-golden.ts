import pMap from 'p-map';
import type { GoldenManifest } from '../../contracts/bundle.ts';
import { goldenPrefix } from '../../contracts/object-keys.ts';
import type { SanitizeStatement } from '../../contracts/statements.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { publishedFiles } from '../../domain/custody/explained-files.ts';
import type { PublishDeps } from './deps.ts';
import { goldenDescription } from './golden-description.ts';
import { goldenManifest } from './golden-manifest.ts';
import {
  indexFile,
  lockedUntil,
  statementsOf,
  storePromotion,
  storeSanitize,
  whole,
  withoutBytes,
} from './golden-statements.ts';
import { keepOnly } from './keep-only.ts';
import type { OpenedPromotion } from './open-promotion.ts';
import { type LookedInto, placeFile } from './place-file.ts';
import { requirePromotion } from './promoted-bundle.ts';
import { sumOfKinds } from './sum-of-kinds.ts';

export type Filled = { readonly manifest: GoldenManifest; readonly sanitize: SanitizeStatement };

/** Puts into golden whatever goes there, each object once, and answers the manifest that is to show it. */
export async function fillGolden(
  deps: PublishDeps,
  { scope, testId, bundle }: PublishInput,
  { permitted, privacy, at, permitUsedOn, retainUntil, scan }: OpenedPromotion,
  looked: readonly LookedInto[],
): Promise<Filled> {
  const to = goldenPrefix(scope, testId);
  const place = { to, retainUntil };
  const promotedOn = at.toISOString();
  const describe = goldenDescription(permitted, scan, promotedOn);
  const put = (goes: NonNullable<LookedInto['goes']>) =>
    placeFile(deps.golden, `${to}${goes.file.path}`, goes, {
      ...describe(goes.file),
      ...lockedUntil(retainUntil),
    });
  const index = indexFile(permitted);
  const statements = statementsOf(permitted);
  const inspected = {
    ...{ ...scope, testId, bundleDigest: permitted.evidence.bundleDigest },
    policyDigest: privacy.digest,
    rules: deps.inspector.rules,
    inspectedOn: promotedOn,
    lookedAt: looked.length,
    kinds: sumOfKinds(looked.map(({ inspection }) => inspection)),
    files: looked.flatMap(({ change }) => change ?? []),
  };
  const [{ file: sanitize, sanitized }] = await Promise.all([
    storeSanitize(deps, inspected, place),
    pMap([index, ...statements].map(whole), put),
    pMap(
      looked.flatMap(({ goes }) => goes ?? []),
      put,
      { concurrency: 8 },
    ),
  ]);
  const times = { promotedOn, permitUsedOn: permitUsedOn.toISOString() };
  const promoting = { ...place, ...times, from: bundle.prefix };
  const promotion = await storePromotion(deps, permitted, sanitized, promoting);
  const promoted = requirePromotion(deps.keySet, permitted, promotion.bytes, sanitized);
  const files = [
    withoutBytes(index),
    ...publishedFiles(permitted.evidence.index, sanitized.statement),
    ...[...statements, sanitize, promotion].map(withoutBytes),
  ];
  await keepOnly(deps.golden, to, new Set(files.map(({ path }) => path)));
  const manifest = goldenManifest(permitted, to, files, promoted.promotedOn);
  return { manifest, sanitize: sanitized.statement };
}
