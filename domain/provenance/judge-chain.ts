import type {
  ChainLink,
  ChainStatus,
  LinkState,
  ProvenanceReason,
  Taint,
  TrustLevel,
} from '../../contracts/provenance.ts';
import type { ChainFacts } from './chain-facts.ts';

export type ChainJudgement = {
  readonly status: ChainStatus;
  readonly level: TrustLevel;
  readonly reasons: readonly ProvenanceReason[];
};

/**
 * How far a chain can be trusted, by rules that anybody can read:
 *
 * - `untrusted`: something is there that does not hold, or is not there that was; it rests on a revoked key; it is in
 *   quarantine; or Trust said no because of who signed or what the bytes are.
 * - `low`: what there is holds, but the chain is not complete, or only hashes were asked for (tier basic), or an administrator
 *   let it pass.
 * - `medium`: complete and verified, but signed with a sandbox key, without a proof that the log knows the permit, or against
 *   what a policy in shadow would have said.
 * - `high`: complete, verified, signed for production, in the log, past no rule.
 */
export function judgeChain(facts: ChainFacts): ChainJudgement {
  const broken = brokenReasons(facts);
  const withdrawn = withdrawnReasons(facts);
  const open = openReasons(facts);
  const status = broken.length > 0 ? 'broken' : open.length > 0 ? 'partial' : 'complete';
  const less = lessReasons(facts);
  const middling = middlingReasons(facts);
  const reasons = [...broken, ...withdrawn, ...open, ...less, ...middling];
  return {
    status,
    level: levelOf(broken.length + withdrawn.length, open.length + less.length, middling.length),
    reasons: reasons.length > 0 ? reasons : [HIGH],
  };
}

const levelOf = (against: number, missing: number, doubts: number): TrustLevel =>
  against > 0 ? 'untrusted' : missing > 0 ? 'low' : doubts > 0 ? 'medium' : 'high';

const HIGH = reason('verified', 'every link holds, signed for production and written to the log');

function brokenReasons(facts: ChainFacts): ProvenanceReason[] {
  const { inspection, run, store, quarantine } = facts;
  if (inspection === null)
    return run.bundleDigest === null
      ? []
      : [reason('evidence_missing', 'the run has made a bundle, and its bytes are not there')];
  const faults = inspection.links
    .filter(({ link, state }) => state === 'fails' && !(link === 'inner_signature' && tolerated(facts)))
    .map(({ link, fault, detail }) => reason(fault?.code ?? 'unknown', `${link}: ${detail}`));
  const { index, bundleDigest } = inspection;
  const foreign =
    index !== null &&
    (index.tenant !== run.tenant || index.workspace_id !== run.workspace || index.test_id !== run.testId);
  const bare = store === 'golden' ? inspection.links.filter(mustLieInGolden) : [];
  return [
    ...faults,
    ...bare.map(({ link, detail }) => reason('missing_file', `golden shows it without ${link}: ${detail}`)),
    ...(foreign ? [reason('wrong_scope', 'the bundle belongs to another run')] : []),
    ...(run.bundleDigest !== null && bundleDigest !== run.bundleDigest
      ? [reason('bundle_replaced', 'the bundle is not the one that the run has made')]
      : []),
    ...(run.goldenManifest !== null && store !== 'golden' && quarantine === null
      ? [reason('golden_missing', 'it was published, and golden does not show it')]
      : []),
  ];
}

/** Deleting a statement would else be the way to look merely unfinished. */
const mustLieInGolden = ({ link, state }: ChainLink): boolean =>
  state === 'absent' && (link === 'permit' || link === 'promotion');

/** What a permit that asks for hashes alone need not have: somebody trusted. A signature that is wrong is another matter. */
const UNVERIFIED = new Set(['untrusted_signer', 'key_not_valid_then', 'certificate_expired', 'missing_file']);

export function tolerated({ inspection }: Pick<ChainFacts, 'inspection'>): boolean {
  const permit = inspection?.permit ?? null;
  const code = inspection && linkOf(inspection.links, 'inner_signature')?.fault?.code;
  return permit !== null && (permit.tier === 'basic' || permit.bypass !== null) && UNVERIFIED.has(code ?? '');
}

const DISTRUST = new Set([
  'invalid_signer',
  'hash_mismatch',
  'signature_invalid',
  'certificate_expired',
  'key_revoked',
]);

function withdrawnReasons(facts: ChainFacts): ProvenanceReason[] {
  const { quarantine, permits, inspection } = facts;
  const taints = taintsOf(facts);
  const denied = inspection?.permit === null ? permits.at(-1) : undefined;
  return [
    ...(quarantine ? [reason('quarantined', quarantine.detail)] : []),
    ...taints.map(({ key_id, reason: why }) =>
      reason('key_revoked', `it rests on the key ${key_id}, which was revoked: ${why}`),
    ),
    ...(denied && !denied.permitted && DISTRUST.has(denied.reason ?? '')
      ? [reason(denied.reason ?? '', `Trust said no: ${denied.detail ?? denied.reason}`)]
      : []),
  ];
}

/** Of every decision about this bundle: it is the evidence that rests on the key, whichever permit lies beside it. */
function taintsOf({ permits, inspection }: ChainFacts): readonly Taint[] {
  const about = permits.filter(({ bundleDigest }) => bundleDigest === inspection?.bundleDigest);
  return [...new Map(about.flatMap(({ tainted }) => tainted).map((taint) => [taint.key_id, taint])).values()];
}

function openReasons(facts: ChainFacts): ProvenanceReason[] {
  const { inspection, permits, quarantine } = facts;
  if (inspection === null) return [reason('no_evidence', 'there is no bundle')];
  const state = (link: ChainLink['link']): LinkState => linkOf(inspection.links, link)?.state ?? 'absent';
  const last = permits.at(-1);
  return [
    ...(state('files') === 'unknown'
      ? [reason('files_not_read', linkOf(inspection.links, 'files')?.detail ?? '')]
      : []),
    ...(tolerated(facts) ? [reason('signer_not_verified', innerDetail(facts))] : []),
    ...(state('permit') === 'absent'
      ? [
          last && !last.permitted
            ? reason('denied', `Trust said no: ${last.reason ?? 'without a reason'}`)
            : reason('not_permitted', 'Trust has not permitted it'),
        ]
      : []),
    ...(state('permit') === 'holds' && state('log') === 'absent'
      ? [reason('not_logged', 'the permit has not been written to the log yet')]
      : []),
    ...(state('permit') === 'holds' && state('promotion') === 'absent' && !quarantine
      ? [reason('not_promoted', 'it is permitted and not published')]
      : []),
    ...(quarantine ? [reason('not_published', 'what was published was taken away')] : []),
  ];
}

const innerDetail = ({ inspection }: ChainFacts): string =>
  (inspection && linkOf(inspection.links, 'inner_signature')?.detail) ?? '';

function lessReasons({ inspection }: ChainFacts): ProvenanceReason[] {
  const permit = inspection?.permit ?? null;
  if (permit === null) return [];
  return [
    ...(permit.tier === 'basic' ? [reason('tier_basic', 'the permit asked for hashes alone')] : []),
    ...(permit.bypass
      ? [reason('bypassed', `${permit.bypass.by} let it pass what the rules held back`)]
      : []),
  ];
}

function middlingReasons({ inspection, permits }: ChainFacts): ProvenanceReason[] {
  if (inspection === null) return [];
  return [
    ...(inspection.environment === 'sandbox'
      ? [reason('sandbox_key', 'the evidence was signed with a sandbox key')]
      : []),
    ...(linkOf(inspection.links, 'log')?.state === 'unknown' && inspection.permit
      ? [reason('no_log', 'no log is pinned that could know the permit')]
      : []),
    ...(permits.some(({ id, shadowDenied }) => id === inspection.permit?.id && shadowDenied)
      ? [reason('shadow_denied', 'a policy in shadow would have said no')]
      : []),
  ];
}

export const linkOf = (links: readonly ChainLink[], name: ChainLink['link']): ChainLink | undefined =>
  links.find(({ link }) => link === name);

function reason(code: string, message: string): ProvenanceReason {
  return { code, message };
}
