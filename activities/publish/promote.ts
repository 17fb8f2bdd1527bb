import pMap from 'p-map';
import { BUNDLE, type BundleFile, type GoldenManifest, ScanDocument } from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import { goldenManifestKey, goldenPrefix } from '../../contracts/object-keys.ts';
import type { ReviewInput, ReviewOutcome } from '../../contracts/review.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { publishedFiles } from '../../domain/custody/explained-files.ts';
import { openSanitize } from '../../domain/custody/sanitize-statement.ts';
import { takePermit } from '../../services/database/permit-uses.ts';
import { readEvidenceStatement } from '../custody/read-evidence.ts';
import { readGoldenManifest } from '../custody/read-golden-manifest.ts';
import { readListed } from '../custody/read-listed.ts';
import { type PrivacyPolicyInForce, privacyPolicyInForce } from '../privacy/privacy-policy.ts';
import type { PublishDeps } from './deps.ts';
import { evidenceSource, Room } from './evidence-source.ts';
import { goldenDescription } from './golden-description.ts';
import {
  indexFile,
  lockedUntil,
  type StatementFile,
  statementsOf,
  storePromotion,
  storeSanitize,
} from './golden-statements.ts';
import { holdEvidence } from './hold-evidence.ts';
import { heldOrRefused, type PermittedBundle, requirePermit } from './permitted-bundle.ts';
import { type LookedInto, lookInto, placeFile } from './place-file.ts';
import { requirePromotion } from './promoted-bundle.ts';
import { hideIfQuarantined, requireNotQuarantined } from './quarantine-notice.ts';
import { recordHeld, recordingFailure, recordPromoted } from './record-promotion.ts';
import { openHeldStatement, type Release, requireReleased } from './released-evidence.ts';
import { sumOfKinds } from './sum-of-kinds.ts';

/** Where a person finds the two; or, where people are to decide first, what they are asked. */
export type Promotion =
  | { readonly manifest: string; readonly bundle: string }
  | { readonly held: ReviewInput };

/**
 * Brings a permitted bundle from raw to golden as far as the privacy policy lets it, each file read once. Every object is
 * written once and never replaced, and the golden manifest comes last: what is half promoted is not visible, and a second
 * attempt completes the first. Where a person is to decide, nothing of the bundle reaches golden before.
 */
export async function promote(
  deps: PublishDeps,
  input: PublishInput,
  signal: AbortSignal,
  publication: string,
  decided?: ReviewOutcome,
): Promise<Promotion> {
  const attempt = { signal, publication, decided };
  const { golden } = deps;
  const manifestKey = goldenManifestKey(input.scope, input.testId);
  const prefix = goldenPrefix(input.scope, input.testId);
  const [shown] = await Promise.all([golden.head(manifestKey), requireNotQuarantined(golden, input)]);
  const held = await recordingFailure(deps, input, () =>
    shown === undefined ? promotePermitted(deps, input, attempt) : requireSameBundle(deps, input),
  );
  if (held !== undefined) return { held };
  return {
    manifest: golden.locate(manifestKey),
    bundle: golden.locate(prefix.replace(/\/$/, '')),
  };
}

type Attempt = {
  readonly signal: AbortSignal;
  /** By which workflow the permit is used. */
  readonly publication: string;
  /** What people have said, where the bundle was held back. */
  readonly decided: ReviewOutcome | undefined;
};

async function promotePermitted(
  deps: PublishDeps,
  input: PublishInput,
  attempt: Attempt,
): Promise<ReviewInput | undefined> {
  const { database, keySet, raw, golden } = deps;
  const from = input.bundle.prefix;
  const now = deps.now();
  const hold = attempt.decided === undefined ? undefined : await openHeldStatement(deps, input);
  // a permit is not held to how long people take: it was used when the bundle was held back
  const usedAt = hold === undefined ? now : new Date(hold.inspectedOn);
  const question = { database, keySet, destination: 'golden', usedAt } as const;
  const [permitted, privacy, retainUntil, scanBytes] = await Promise.all([
    requirePermit(question, input, readListed(raw, from)),
    privacyPolicyInForce(deps, input.scope),
    deps.lockUntil(input.scope, now),
    readEvidenceStatement(raw, `${from}${BUNDLE.scan}`),
  ]);
  const release =
    hold === undefined || attempt.decided === undefined
      ? undefined
      : await requireReleased(deps, input, attempt.decided, hold, privacy.policy.review);
  const use = { permitId: input.permitId, destination: 'golden', usedBy: attempt.publication } as const;
  const [looked] = await Promise.all([
    lookIntoAll(deps, from, permitted, { privacy, release, scanBytes }),
    takePermit(database, input.scope, use, usedAt),
  ]);
  attempt.signal.throwIfAborted();
  const scan = ScanDocument.safeParse(jsonOf(scanBytes)).data;
  const requestedBy = scan?.requested_by ?? null;
  const withheld = looked.filter(({ goes }) => goes === undefined).length;
  if (withheld > 0) {
    const review = await holdEvidence(deps, input, privacy, looked, usedAt);
    await recordHeld(deps, input, { documents: looked.length, withheld, requestedBy, since: usedAt });
    return review;
  }

  const to = goldenPrefix(input.scope, input.testId);
  const place = { to, retainUntil };
  const [promotedOn, permitUsedOn] = [now.toISOString(), usedAt.toISOString()];
  const describe = goldenDescription(permitted, scan, promotedOn);
  const locked = lockedUntil(retainUntil);
  const put = (goes: NonNullable<LookedInto['goes']>) =>
    placeFile(golden, `${to}${goes.file.path}`, goes, { ...describe(goes.file), ...locked });
  const index = indexFile(permitted);
  const statements = statementsOf(permitted);
  const { testId } = input;
  const inspected = {
    ...{ ...input.scope, testId, bundleDigest: permitted.evidence.bundleDigest },
    policyDigest: privacy.digest,
    rules: deps.inspector.rules,
    inspectedOn: promotedOn,
    lookedAt: looked.length,
    kinds: sumOfKinds(looked.map(({ inspection }) => inspection)),
    files: looked.flatMap(({ change }) => (change === undefined ? [] : [change])),
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
  const promotion = await storePromotion(deps, permitted, sanitized, {
    ...{ ...place, from, promotedOn, permitUsedOn },
  });
  const promoted = requirePromotion(keySet, permitted, promotion.bytes, sanitized);
  const files = [
    withoutBytes(index),
    ...publishedFiles(permitted.evidence.index, sanitized.statement),
    ...[...statements, sanitize, promotion].map(withoutBytes),
  ];
  const manifest = goldenManifest(permitted, to, files, promoted.promotedOn);
  attempt.signal.throwIfAborted(); // from the next line on the bundle is there for all to see
  const { outcome } = await golden.put(
    goldenManifestKey(input.scope, input.testId),
    Buffer.from(`${canonicalJson(manifest)}\n`),
    { contentType: 'application/json', ifAbsent: true },
  );
  await Promise.all([
    hideIfQuarantined(golden, input),
    outcome === 'exists'
      ? requireSameBundle(deps, input)
      : recordPromoted(deps, input, manifest, sanitized.statement, requestedBy),
  ]);
  return undefined;
}

type Gate = {
  readonly privacy: PrivacyPolicyInForce;
  readonly release: Release | undefined;
  /** Read already, for what it says of the scan. */
  readonly scanBytes: Uint8Array;
};

function lookIntoAll(
  { raw, inspector }: PublishDeps,
  from: string,
  { evidence: { index } }: PermittedBundle,
  { privacy: { policy }, release, scanBytes }: Gate,
): Promise<LookedInto[]> {
  const room = new Room();
  const taken = new Set<string>(index.files.map(({ path }) => path));
  const looking = { inspector, policy, release, taken, room };
  const look = (file: BundleFile) => {
    const known = file.path === BUNDLE.scan ? scanBytes : undefined;
    return lookInto(looking, file, evidenceSource(raw, `${from}${file.path}`, file, { room, known }));
  };
  return pMap(index.files, look, { concurrency: 8 });
}

const whole = ({ bytes, ...file }: StatementFile) => ({ file, body: async () => bytes });
const withoutBytes = ({ bytes: _, ...file }: StatementFile): BundleFile => file;

const goldenManifest = (
  { evidence: { index, bundleDigest }, permitId, permit: { bypass } }: PermittedBundle,
  prefix: string,
  files: BundleFile[],
  promotedOn: string,
): GoldenManifest => ({
  schema: 'https://certus.dev/golden/v1',
  tenant: index.tenant,
  workspace_id: index.workspace_id,
  component_id: index.component_id,
  test_id: index.test_id,
  permit_id: permitId,
  bundle_digest: bundleDigest,
  prefix,
  files,
  promoted_at: promotedOn,
  ...(bypass === undefined
    ? {}
    : { bypass: { order_id: bypass.order_id, by: bypass.by, reason: bypass.reason, until: bypass.until } }),
});

/** An attempt that ended right after it was shown has put nothing on record yet. */
async function requireSameBundle(deps: PublishDeps, input: PublishInput): Promise<undefined> {
  const { golden, keySet } = deps;
  const { scope, testId, bundle } = input;
  const manifestKey = goldenManifestKey(scope, testId);
  const manifest = await readGoldenManifest(golden, manifestKey);
  if (manifest.bundle_digest !== bundle.digest)
    throw new CertusError('golden_conflict', `${manifestKey} already shows another bundle of this run`);
  const to = goldenPrefix(scope, testId);
  const [sanitizeBytes, scanBytes] = await Promise.all([
    readEvidenceStatement(golden, `${to}${BUNDLE.sanitize}`),
    readEvidenceStatement(golden, `${to}${BUNDLE.scan}`),
  ]);
  const about = { ...scope, testId, bundleDigest: bundle.digest };
  const sanitize =
    sanitizeBytes.length === 0
      ? undefined
      : heldOrRefused(() => openSanitize(sanitizeBytes, about, keySet).statement);
  const requestedBy = ScanDocument.safeParse(jsonOf(scanBytes)).data?.requested_by ?? null;
  await recordPromoted(deps, input, manifest, sanitize, requestedBy);
}
