import { BUNDLE, type BundleIndex } from '../../contracts/bundle.ts';
import type { Bypass } from '../../contracts/denial.ts';
import type { Environment, KeySet, TrustedKey } from '../../contracts/keys.ts';
import type { CHAIN_LINKS, ChainLink, LinkState } from '../../contracts/provenance.ts';
import type { ProvenanceStatement, SanitizeStatement } from '../../contracts/statements.ts';
import type { Tier } from '../../contracts/trust-policy.ts';
import { requireBelievedWhen } from '../custody/believed-when.ts';
import { type CheckedBundle, checkFiles, checkProvenance, parseIndex } from '../custody/check-evidence.ts';
import { checkPermit } from '../custody/check-permit.ts';
import { checkPromotion } from '../custody/check-promotion.ts';
import { CustodyError } from '../custody/custody-error.ts';
import { sha256 } from '../custody/digest.ts';
import { explainedFiles, type Sanitized } from '../custody/explained-files.ts';
import { requireLogged } from '../custody/permit-entry.ts';
import { permitUsedAt } from '../custody/promotion-statement.ts';
import { openSanitize } from '../custody/sanitize-statement.ts';
import { type BundleContent, describePermit } from './bundle-content.ts';

export type Inspection = {
  readonly links: readonly ChainLink[];
  readonly bundleDigest: string;
  /** What follows is null while the link that says it does not hold. */
  readonly index: BundleIndex | null;
  readonly provenance: ProvenanceStatement | null;
  readonly environment: Environment | null;
  /** What was done to its files on their way to golden. */
  readonly sanitized: SanitizeStatement | null;
  readonly permit: {
    readonly id: string;
    readonly tier: Tier;
    readonly bypass: Bypass | null;
    readonly digest: string;
  } | null;
};

/**
 * Looks at each link by itself, so that one that fails does not keep the others from being told: whoever has to clear up
 * needs to know how far the damage goes. Nothing is believed but bytes and the keys that are given.
 */
export function inspectChain(content: BundleContent, keySet: KeySet): Inspection {
  const files = attempt('files', () => filesLink(content, keySet));
  const bundle = bundleOf(content);
  const permit = attempt('permit', () => permitLink(content, bundle, keySet));
  const inner = attempt('inner_signature', () => innerLink(content, bundle, permit.found, keySet));
  const log = attempt('log', () => logLink(content, permit.found, keySet));
  const promotion = attempt('promotion', () => promotionLink(content, bundle, permit.found, keySet));
  return {
    links: [files, inner, permit, log, promotion].map(({ link }) => link),
    bundleDigest: sha256(content.indexBytes),
    index: bundle?.index ?? null,
    provenance: inner.found?.provenance ?? null,
    environment: inner.found && (inner.found.key.environment ?? 'production'),
    sanitized: sanitizedIn(content, bundle, keySet),
    permit: permit.found && {
      id: permit.found.statement.predicate.certus_permit.id,
      tier: permit.found.statement.predicate.certus_permit.tier,
      bypass: permit.found.statement.predicate.certus_permit.bypass ?? null,
      digest: permit.found.digest,
    },
  };
}

type Name = (typeof CHAIN_LINKS)[number];
type Told<T> = {
  readonly state?: Exclude<LinkState, 'fails'>;
  readonly key?: TrustedKey | undefined;
  readonly at?: string;
  readonly detail: string;
  readonly found?: T;
};

function attempt<T>(name: Name, look: () => Told<T>): { link: ChainLink; found: T | null } {
  try {
    const { state = 'holds', key, at = null, detail, found = null } = look();
    return { link: { link: name, state, signer: key?.id ?? null, at, detail, fault: null }, found };
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    const fault = { family: error.family, code: error.code };
    return {
      link: { link: name, state: 'fails', signer: null, at: null, detail: error.message, fault },
      found: null,
    };
  }
}

function filesLink(content: BundleContent, keySet: KeySet): Told<never> {
  const { indexBytes, statements, unread } = content;
  if (unread !== null) return { state: 'unknown', detail: unread };
  const sanitizeBytes = statements.get(BUNDLE.sanitize);
  const tombstoneBytes = statements.get(BUNDLE.tombstone);
  const { files, sanitized, tombstone } = explainedFiles({
    ...content,
    ...{ sanitizeBytes, tombstoneBytes, keySet },
  });
  const { index } = checkFiles({ indexBytes, files });
  const told =
    tombstone === undefined
      ? `${index.files.length} files have the digests that ${BUNDLE.index} lists`
      : `deleted ${tombstone.predicate.deletedOn} by ${tombstone.predicate.order ?? 'retention'}: ${BUNDLE.index} lists ${index.files.length} files, of which the tombstone names each that is gone`;
  const changed = sanitized?.statement.predicate.files.filter(({ outcome }) => outcome !== 'released') ?? [];
  if (changed.length === 0) return { detail: told };
  return {
    detail: `${told}, but for ${changed.length} that ${BUNDLE.sanitize} says were masked or withheld`,
  };
}

/** What the statements are about, whether or not its files are still what it lists. */
function bundleOf({ indexBytes, statements }: BundleContent): CheckedBundle | undefined {
  try {
    const provenanceDigest = sha256(statements.get(BUNDLE.provenance) ?? new Uint8Array());
    return { index: parseIndex(indexBytes), bundleDigest: sha256(indexBytes), provenanceDigest };
  } catch (error) {
    if (error instanceof CustodyError) return undefined;
    throw error;
  }
}

function required(bundle: CheckedBundle | undefined): CheckedBundle {
  if (bundle === undefined) throw new CustodyError('malformed', `${BUNDLE.index} is not a bundle index`);
  return bundle;
}

/** One that does not hold fails the link of the files, and explains nothing. */
function sanitizedIn(
  { statements }: BundleContent,
  bundle: CheckedBundle | undefined,
  keySet: KeySet,
): SanitizeStatement | null {
  if (bundle === undefined) return null;
  try {
    return sanitizedOf(statements.get(BUNDLE.sanitize), bundle, keySet)?.statement ?? null;
  } catch (error) {
    if (error instanceof CustodyError) return null;
    throw error;
  }
}

function innerLink(
  content: BundleContent,
  bundle: CheckedBundle | undefined,
  permit: FoundPermit | null,
  keySet: KeySet,
) {
  const bytes = content.statements.get(BUNDLE.provenance);
  if (bytes === undefined) throw new CustodyError('missing_file', `${BUNDLE.provenance} is not there`);
  const found = checkProvenance(required(bundle), bytes, keySet);
  if (permit !== null) requireBelievedWhen(found.key, permit.statement.predicate.timeVerified);
  const { metadata, builder } = found.provenance.predicate.runDetails;
  return { key: found.key, at: metadata.finishedOn, detail: `signed for ${builder.id}`, found };
}

function permitLink({ statements }: BundleContent, bundle: CheckedBundle | undefined, keySet: KeySet) {
  const permitBytes = statements.get(BUNDLE.permit);
  if (permitBytes === undefined) return { state: 'absent' as const, detail: 'no permit was given' };
  const found = checkPermit({ permitBytes, bundle: required(bundle), keySet, destination: 'golden' });
  const { timeVerified, certus_permit } = found.statement.predicate;
  return {
    key: found.key,
    at: timeVerified,
    detail: describePermit(certus_permit),
    found: { ...found, permitBytes, digest: sha256(permitBytes) },
  };
}

type FoundPermit = NonNullable<ReturnType<typeof permitLink>['found']>;

function logLink(content: BundleContent, permit: FoundPermit | null, keySet: KeySet): Told<never> {
  if (permit === null) return { state: 'absent', detail: 'there is no permit that the log could know' };
  if (!keySet.keys.some(({ role }) => role === 'log'))
    return { state: 'unknown', detail: 'no log is pinned: there is none to ask' };
  const proof = content.statements.get(BUNDLE.permitProof) ?? null;
  if (proof === null && !content.statements.has(BUNDLE.promotion))
    return { state: 'absent', detail: 'the permit has not been written to the log yet' };
  requireLogged(permit.permitBytes, permit, proof, keySet);
  return {
    at: permit.statement.predicate.timeVerified,
    detail: 'the permit stands in the log, under a checkpoint that it has signed',
  };
}

function promotionLink(
  { statements }: BundleContent,
  bundle: CheckedBundle | undefined,
  permit: FoundPermit | null,
  keySet: KeySet,
): Told<never> {
  const promotionBytes = statements.get(BUNDLE.promotion);
  if (promotionBytes === undefined) return { state: 'absent', detail: 'it was not promoted' };
  if (permit === null) throw new CustodyError('missing_file', 'it was promoted without a permit that holds');
  const { id } = permit.statement.predicate.certus_permit;
  const checked = required(bundle);
  const { statement, key } = checkPromotion({
    promotionBytes,
    bundle: checked,
    permit: { id, digest: permit.digest },
    sanitized: sanitizedOf(statements.get(BUNDLE.sanitize), checked, keySet),
    keySet,
  });
  // a permit that had expired when it was used is no permit
  const usedAt = permitUsedAt(statement.predicate);
  checkPermit({ permitBytes: permit.permitBytes, bundle: checked, keySet, usedAt, destination: 'golden' });
  return { key, at: statement.predicate.promotedOn, detail: `promoted by ${id}` };
}

function sanitizedOf(
  bytes: Uint8Array | undefined,
  { index, bundleDigest }: CheckedBundle,
  keySet: KeySet,
): Sanitized | undefined {
  if (bytes === undefined) return undefined;
  const { tenant, workspace_id: workspace, test_id: testId } = index;
  const { statement } = openSanitize(bytes, { tenant, workspace, testId, bundleDigest }, keySet);
  return { statement, digest: sha256(bytes) };
}
