import { BUNDLE } from '../../contracts/bundle.ts';
import type { KeySet } from '../../contracts/keys.ts';
import type { PermitStatement } from '../../contracts/statements.ts';
import { oneLine } from '../text/one-line.ts';
import { type ActualFiles, type CheckedEvidence, checkEvidence } from './check-evidence.ts';
import { checkPermit } from './check-permit.ts';
import { checkPromotion } from './check-promotion.ts';
import { CustodyError } from './custody-error.ts';
import { sha256 } from './digest.ts';
import { requireLogged } from './permit-entry.ts';

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

export type VerificationReport = {
  readonly verified: boolean;
  /** It holds, and it is there although the rules held it back. */
  readonly bypassed: boolean;
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
  const chain = openChain(content, keySet);
  for (const link of asked) {
    const report = attempt(link, chain[link]);
    links.push(report);
    if (!report.holds) break;
  }
  const verified = links.length === asked.length && links.every(({ holds }) => holds);
  const bypassed = links.some((link) => link.bypassed);
  return { verified, bypassed, bundleDigest: sha256(content.indexBytes), links };
}

type Held = Pick<LinkReport, 'signer' | 'detail' | 'bypassed'>;

/** Each link leans on the one before it; a later one is opened only after the earlier ones held. */
function openChain(
  { indexBytes, statements, files }: BundleContent,
  keySet: KeySet,
): Record<Link, () => Held> {
  const statement = (path: string) => {
    const bytes = statements.get(path);
    if (bytes === undefined) throw new CustodyError('missing_file', `${path} is not there`);
    return bytes;
  };
  let evidence: CheckedEvidence | undefined;
  const bundle = () => {
    evidence ??= checkEvidence({ indexBytes, provenanceBytes: statement(BUNDLE.provenance), files, keySet });
    return evidence;
  };
  const permit = (usedAt?: Date) => {
    const permitBytes = statement(BUNDLE.permit);
    const opened = checkPermit({ permitBytes, bundle: bundle(), keySet, destination: 'golden', usedAt });
    requireLogged(permitBytes, opened, statements.get(BUNDLE.permitProof) ?? null, keySet);
    return opened;
  };
  return {
    evidence: () => {
      const { index, key, provenance } = bundle();
      const { finishedOn } = provenance.predicate.runDetails.metadata;
      return {
        signer: key.id,
        detail: `${index.files.length} files of ${index.test_id}, signed ${finishedOn}`,
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
        keySet,
      });
      const { promotedOn } = promotion.statement.predicate;
      permit(new Date(promotedOn)); // a permit that had expired when it was used is no permit
      return { signer: promotion.key.id, detail: `promoted ${promotedOn} by permit ${id}` };
    },
  };
}

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
