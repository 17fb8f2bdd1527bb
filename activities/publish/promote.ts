import pMap from 'p-map';
import { BUNDLE, type BundleFile } from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { goldenManifestKey, goldenPrefix } from '../../contracts/object-keys.ts';
import type { ReviewInput, ReviewOutcome } from '../../contracts/review.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { openSanitize } from '../../domain/custody/sanitize-statement.ts';
import { takePermit } from '../../services/database/permit-uses.ts';
import { readEvidenceStatement } from '../custody/read-evidence.ts';
import type { PublishDeps } from './deps.ts';
import { evidenceSource, Room } from './evidence-source.ts';
import { fillGolden } from './fill-golden.ts';
import { shownManifest } from './golden-manifest.ts';
import { holdEvidence } from './hold-evidence.ts';
import { keepOnly } from './keep-only.ts';
import { type OpenedPromotion, openPromotion, scanOf } from './open-promotion.ts';
import { heldOrRefused } from './permitted-bundle.ts';
import { type LookedInto, lookInto } from './place-file.ts';
import { hideIfQuarantined, requireNotQuarantined } from './quarantine-notice.ts';
import { recordHeld, recordingFailure, recordPromoted } from './record-promotion.ts';

/** Where a person finds the two; or, where people are to decide first, what they are asked. */
export type Promotion =
  | { readonly manifest: string; readonly bundle: string }
  | { readonly held: ReviewInput };

/**
 * Brings a permitted bundle from raw to golden as far as the privacy policy lets it, each file read once. Every object is
 * written once and never replaced, and the golden manifest comes last: what is half promoted is not visible, and a second
 * attempt completes the first. Where people are to decide, nothing of the bundle reaches golden before they have.
 */
export async function promote(
  deps: PublishDeps,
  input: PublishInput,
  signal: AbortSignal,
  publication: string,
  decided?: ReviewOutcome,
): Promise<Promotion> {
  const { golden } = deps;
  const manifestKey = goldenManifestKey(input.scope, input.testId);
  const [shown] = await Promise.all([golden.head(manifestKey), requireNotQuarantined(golden, input)]);
  const held = await recordingFailure(deps, input, () =>
    shown === undefined
      ? promotePermitted(deps, input, { signal, publication, decided })
      : requireSameBundle(deps, input),
  );
  if (held !== undefined) return { held };
  const prefix = goldenPrefix(input.scope, input.testId);
  return { manifest: golden.locate(manifestKey), bundle: golden.locate(prefix.replace(/\/$/, '')) };
}

type Attempt = {
  readonly signal: AbortSignal;
  /** The workflow that uses the permit. */
  readonly publication: string;
  /** What people have said, where the bundle was held back. */
  readonly decided: ReviewOutcome | undefined;
};

async function promotePermitted(
  deps: PublishDeps,
  input: PublishInput,
  { signal, publication, decided }: Attempt,
): Promise<ReviewInput | undefined> {
  const { database, golden } = deps;
  const opened = await openPromotion(deps, input, decided);
  const use = { permitId: input.permitId, destination: 'golden', usedBy: publication } as const;
  const [looked] = await Promise.all([
    lookIntoAll(deps, input, opened),
    takePermit(database, input.scope, use, opened.permitUsedOn),
  ]);
  signal.throwIfAborted();
  if (looked.some(({ goes }) => goes === undefined)) return holdBack(deps, input, opened, looked);
  const { manifest, sanitize } = await fillGolden(deps, input, opened, looked);
  signal.throwIfAborted(); // from the next line on the bundle is there for all to see
  const { outcome } = await golden.put(
    goldenManifestKey(input.scope, input.testId),
    Buffer.from(`${canonicalJson(manifest)}\n`),
    { contentType: 'application/json', ifAbsent: true },
  );
  await Promise.all([
    hideIfQuarantined(golden, input),
    outcome === 'exists'
      ? requireSameBundle(deps, input)
      : recordPromoted(deps, input, manifest, sanitize, opened.scan?.requested_by ?? null),
  ]);
  return undefined;
}

function lookIntoAll(
  { raw, inspector }: PublishDeps,
  { bundle }: PublishInput,
  { permitted, privacy: { policy }, release, scanBytes }: OpenedPromotion,
): Promise<LookedInto[]> {
  const { files } = permitted.evidence.index;
  const room = new Room();
  const taken = new Set<string>(files.map(({ path }) => path));
  const looking = { inspector, policy, release, taken, room };
  const look = (file: BundleFile) => {
    const known = file.path === BUNDLE.scan ? scanBytes : undefined;
    return lookInto(
      looking,
      file,
      evidenceSource(raw, `${bundle.prefix}${file.path}`, file, { room, known }),
    );
  };
  return pMap(files, look, { concurrency: 8 });
}

async function holdBack(
  deps: PublishDeps,
  input: PublishInput,
  { privacy, permitUsedOn, scan }: OpenedPromotion,
  looked: readonly LookedInto[],
): Promise<ReviewInput | undefined> {
  const { golden } = deps;
  const { scope, testId } = input;
  // by another attempt, meanwhile: nothing is taken away from under what shows
  if ((await golden.head(goldenManifestKey(scope, testId))) !== undefined)
    return requireSameBundle(deps, input);
  await keepOnly(golden, goldenPrefix(scope, testId), NOTHING);
  const review = await holdEvidence(deps, input, privacy, looked, permitUsedOn);
  await recordHeld(deps, input, {
    documents: looked.length,
    withheld: looked.filter(({ goes }) => goes === undefined).length,
    requestedBy: scan?.requested_by ?? null,
    since: permitUsedOn,
  });
  return review;
}

const NOTHING: ReadonlySet<string> = new Set();

/** An attempt that ended right after the bundle was shown has put nothing on record yet. */
async function requireSameBundle(deps: PublishDeps, input: PublishInput): Promise<undefined> {
  const { golden, keySet } = deps;
  const { scope, testId, bundle } = input;
  const manifest = await shownManifest(deps, input);
  const read = (path: string) => readEvidenceStatement(golden, `${goldenPrefix(scope, testId)}${path}`);
  const [sanitizeBytes, scanBytes] = await Promise.all([read(BUNDLE.sanitize), read(BUNDLE.scan)]);
  const about = { ...scope, testId, bundleDigest: bundle.digest };
  const sanitize =
    sanitizeBytes.length === 0
      ? undefined
      : heldOrRefused(() => openSanitize(sanitizeBytes, about, keySet).statement);
  await recordPromoted(deps, input, manifest, sanitize, scanOf(scanBytes)?.requested_by ?? null);
}
