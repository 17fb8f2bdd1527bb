import { BUNDLE } from '../../contracts/bundle.ts';
import type { KeySet } from '../../contracts/keys.ts';
import type { PermitStatement } from '../../contracts/statements.ts';
import { oneLine } from '../text/one-line.ts';
import { requireBelievedWhen } from './believed-when.ts';
import { type ActualFiles, type CheckedEvidence, checkEvidence } from './check-evidence.ts';
import { checkPermit } from './check-permit.ts';
import { checkPromotion } from './check-promotion.ts';
import { CustodyError } from './custody-error.ts';
import { sha256 } from './digest.ts';
import { type Explained, explainedFiles, type Sanitized } from './explained-files.ts';
import { requireLogged } from './permit-entry.ts';
import { permitUsedAt } from './promotion-statement.ts';
import type { SanitizedFile } from './sanitize-statement.ts';
import { type Deletion, deletionOf } from './tombstone-statement.ts';

export const LINKS = ['evidence', 'permit', 'promotion'] as const;
export type Link = (typeof LINKS)[number];

export type BundleContent = {
  readonly indexBytes: Uint8Array;
  /** Bytes of the statements that are there, by their path. */
  readonly statements: ReadonlyMap<string, Uint8Array>;
  /** Every other file. */
  readonly files: ActualFiles;
};

export type LinkReport = {
  readonly link: Link;
  readonly holds: boolean;
  readonly signer: string | null;
  readonly detail: string;
  readonly fault: { readonly family: string; readonly code: string } | null;
  /** Of a permit that an administrator gave past the rules. */
  readonly bypassed?: true;
};

/** Files that are not as they were signed, and those that a person let pass; by whose word, the promotion link says. */
export type SanitizedPaths = Readonly<Record<SanitizedFile['outcome'], readonly string[]>>;

export type VerificationReport = {
  readonly verified: boolean;
  /** It holds, and it is there although the rules held it back. */
  readonly bypassed: boolean;
  /** Null for a copy that came without an inspection, or whose inspection does not hold. */
  readonly sanitized: SanitizedPaths | null;
  /** Of a copy whose files were deleted, and whose statements stay; null where its tombstone does not hold. */
  readonly deleted: Deletion | null;
  readonly bundleDigest: string;
  readonly links: readonly LinkReport[];
};

/**
 * Checks the chain of custody of one bundle offline, link by link, up to the one asked for. A link that is missing
 * does not hold: otherwise deleting a statement would be the way to pass.
 */
export function verifyBundle(
  content: BundleContent,
  keySet: KeySet,
  through: Link = 'promotion',
): VerificationReport {
  const links: LinkReport[] = [];
  const asked = LINKS.slice(0, LINKS.indexOf(through) + 1);
  const { chain, explain } = openChain(content, keySet);
  for (const link of asked) {
    const report = attempt(link, chain[link]);
    links.push(report);
    if (!report.holds) break;
  }
  const verified = links.length === asked.length && links.every(({ holds }) => holds);
  const bypassed = links.some((link) => link.bypassed);
  const { sanitized, tombstone } = links[0]?.holds ? explain() : NOTHING_SAID;
  return {
    verified,
    bypassed,
    sanitized: pathsOf(sanitized),
    deleted: tombstone === undefined ? null : deletionOf(tombstone.predicate),
    bundleDigest: sha256(content.indexBytes),
    links,
  };
}

const NOTHING_SAID: Pick<Explained, 'sanitized' | 'tombstone'> = {
  sanitized: undefined,
  tombstone: undefined,
};

function pathsOf(sanitized: Sanitized | undefined): SanitizedPaths | null {
  if (sanitized === undefined) return null;
  const paths = { masked: [] as string[], withheld: [] as string[], released: [] as string[] };
  for (const { path, outcome } of sanitized.statement.predicate.files) paths[outcome].push(path);
  return paths;
}

type Held = Pick<LinkReport, 'signer' | 'detail' | 'bypassed'>;

/** Each link leans on the one before it; a later one is opened only after the earlier ones held. */
function openChain(
  { indexBytes, statements, files }: BundleContent,
  keySet: KeySet,
): { readonly chain: Record<Link, () => Held>; readonly explain: () => Explained } {
  const statement = (path: string) => {
    const bytes = statements.get(path);
    if (bytes === undefined) throw new CustodyError('missing_file', `${path} is not there`);
    return bytes;
  };
  let explained: Explained | undefined;
  const explain = () => {
    const sanitizeBytes = statements.get(BUNDLE.sanitize);
    const tombstoneBytes = statements.get(BUNDLE.tombstone);
    explained ??= explainedFiles({ indexBytes, files, sanitizeBytes, tombstoneBytes, keySet });
    return explained;
  };
  let evidence: CheckedEvidence | undefined;
  const bundle = () => {
    if (evidence !== undefined) return evidence;
    const provenanceBytes = statement(BUNDLE.provenance);
    const checked = checkEvidence({ indexBytes, provenanceBytes, files: explain().files, keySet });
    const permittedOn = permittedAt(statements.get(BUNDLE.permit), checked, keySet);
    if (permittedOn !== undefined) requireBelievedWhen(checked.key, permittedOn);
    evidence = checked;
    return evidence;
  };
  const permit = (usedAt?: Date) => {
    const permitBytes = statement(BUNDLE.permit);
    const opened = checkPermit({ permitBytes, bundle: bundle(), keySet, destination: 'golden', usedAt });
    requireLogged(permitBytes, opened, statements.get(BUNDLE.permitProof) ?? null, keySet);
    return opened;
  };
  const chain = {
    evidence: () => {
      const { index, key, provenance } = bundle();
      const { finishedOn } = provenance.predicate.runDetails.metadata;
      return {
        signer: key.id,
        detail: `${index.files.length} files of ${index.test_id}, signed ${finishedOn}${changes(explain())}`,
      };
    },
    permit: () => {
      const { statement: given, key } = permit();
      const terms = given.predicate.certus_permit;
      const bypassed = terms.bypass === undefined ? {} : ({ bypassed: true } as const);
      return { signer: key.id, detail: describe(terms), ...bypassed };
    },
    promotion: () => {
      const { id } = permit().statement.predicate.certus_permit;
      const promotion = checkPromotion({
        promotionBytes: statement(BUNDLE.promotion),
        bundle: bundle(),
        permit: { id, digest: sha256(statement(BUNDLE.permit)) },
        sanitized: explain().sanitized,
        keySet,
      });
      const { promotedOn } = promotion.statement.predicate;
      permit(permitUsedAt(promotion.statement.predicate)); // one that had expired when it was used is no permit
      return { signer: promotion.key.id, detail: `promoted ${promotedOn} by permit ${id}` };
    },
  };
  return { chain, explain };
}

/** By the permit beside the evidence, if that holds; whether it does its own link will tell. */
function permittedAt(
  permitBytes: Uint8Array | undefined,
  bundle: CheckedEvidence,
  keySet: KeySet,
): string | undefined {
  if (permitBytes === undefined || bundle.key.revoked === undefined) return undefined;
  try {
    const { statement } = checkPermit({ permitBytes, bundle, keySet, destination: 'golden' });
    return statement.predicate.timeVerified;
  } catch (error) {
    if (error instanceof CustodyError) return undefined;
    throw error;
  }
}

/** Whoever reads that files were verified must not think that they are what was signed. */
function changes({ sanitized, tombstone }: Explained): string {
  const gone = tombstone === undefined ? '' : `; ${describeDeletion(deletionOf(tombstone.predicate))}`;
  const files = sanitized?.statement.predicate.files ?? [];
  const count = (wanted: SanitizedFile['outcome']) =>
    files.filter(({ outcome }) => outcome === wanted).length;
  const told = (['masked', 'withheld', 'released'] as const)
    .map((outcome) => [count(outcome), outcome] as const)
    .filter(([many]) => many > 0)
    .map(([many, outcome]) => `${many} ${outcome}`);
  return `${told.length === 0 ? '' : `; of these ${told.join(', ')}`}${gone}`;
}

const describeDeletion = ({ on, order, reason }: Deletion): string =>
  `DELETED ${on} by ${order ?? 'its retention policy'}: ${oneLine(reason, 200)}`;

/** A permit for less than everything, or past the rules, says so to whoever verifies the bundle. */
function describe({ id, tier, bypass, expires_at }: PermitStatement['predicate']['certus_permit']): string {
  const text = `${id}, usable until ${expires_at}`;
  if (bypass !== undefined)
    return `${text}; BYPASSED by ${bypass.by} (${bypass.order_id}): ${oneLine(bypass.reason, 200)}`;
  return tier === 'verified' ? text : `${text}; tier ${tier}: only hashes were asked for`;
}

function attempt(link: Link, check: () => Held): LinkReport {
  try {
    return { link, holds: true, ...check(), fault: null };
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    return {
      link,
      holds: false,
      signer: null,
      detail: error.message,
      fault: { family: error.family, code: error.code },
    };
  }
}
