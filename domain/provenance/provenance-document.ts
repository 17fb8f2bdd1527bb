import type { Provenance } from '../../contracts/provenance.ts';
import type { ChainFacts } from './chain-facts.ts';
import { judgeChain, linkOf } from './judge-chain.ts';
import { sanitizedCounts } from './sanitized-counts.ts';

/** Where a run comes from and what became of it, from what was found and nothing else. */
export function provenanceDocument(facts: ChainFacts): Provenance {
  const { run, inspection, document, manifestVersion, store } = facts;
  const { status, level, reasons } = judgeChain(facts);
  return {
    scan_id: run.testId,
    workspace_id: run.workspace,
    manifest: {
      version: manifestVersion,
      digest: document?.manifest_digest ?? run.manifestDigest,
      signed_by: document?.manifest_signed_by ?? null,
      signed_at: null,
    },
    scans: toolsOf(facts),
    verification_trail: trailOf(facts),
    storage_locations: {
      s3: run.bundle,
      oci: run.ociReference,
      checked: store,
    },
    links: [...(inspection?.links ?? [])],
    sanitized: sanitizedCounts(inspection),
    chain_status: status,
    trust_level: level,
    reasons: [...reasons],
  };
}

/** Who signed and who verified stands only where the signature holds. */
function toolsOf({ run, inspection, document }: ChainFacts): Provenance['scans'] {
  const links = inspection?.links ?? [];
  const inner = linkOf(links, 'inner_signature');
  const verified = inspection?.permit?.tier === 'verified' && inspection.permit.bypass === null;
  return (document?.tools ?? run.tools).map(({ tool, version, outcome }) => ({
    tool,
    version,
    outcome,
    signed_by: document === null ? null : (inner?.signer ?? null),
    verified_by: document !== null && verified ? (linkOf(links, 'permit')?.signer ?? null) : null,
    timestamp: document?.completed_at ?? run.completedAt,
  }));
}

type Trail = Provenance['verification_trail'];

/** In the order of time: what was written down then, and what holds of it now. */
function trailOf(facts: ChainFacts): Trail {
  return [...pastOf(facts), ...presentOf(facts)].sort(
    (a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp),
  );
}

function pastOf({ now, inspection, permits, uses, log, quarantine }: ChainFacts): Trail {
  const links = inspection?.links ?? [];
  const signed = linkOf(links, 'inner_signature');
  const promoted = linkOf(links, 'promotion');
  return [
    ...recorded('certus-assurance', signed?.at, `evidence signed by ${signed?.signer}`),
    ...permits.map(({ id, permitted, tier, reason, decidedAt, bypass }) => ({
      timestamp: decidedAt,
      verifier: 'certus-trust',
      result: permitted ? ('passed' as const) : ('failed' as const),
      details: permitted
        ? `${id} given, tier ${tier}${bypass ? ', past the rules' : ''}`
        : `${id} refused: ${reason ?? 'without a reason'}`,
    })),
    ...uses.flatMap(({ permitId, destination, usedBy, usedAt }) =>
      recorded('certus-transform', usedAt, `${permitId} used for ${destination} by ${usedBy}`),
    ),
    ...recorded('certus-transform', promoted?.at, `promoted, signed by ${promoted?.signer}`),
    ...log.flatMap(({ index, entry: { kind, name, at } }) =>
      recorded('transparency-log', at, `${kind} of ${name} at index ${index}`),
    ),
    ...(quarantine
      ? [
          {
            timestamp: quarantine.at ?? now.toISOString(),
            verifier: quarantine.signer === null ? 'nobody trusted' : 'certus-transform',
            result: 'withdrawn' as const,
            details: quarantine.detail,
          },
        ]
      : []),
  ];
}

const recorded = (verifier: string, at: string | null | undefined, details: string): Trail =>
  at ? [{ timestamp: at, verifier, result: 'recorded', details }] : [];

function presentOf({ now, inspection, attached }: ChainFacts): Trail {
  const timestamp = now.toISOString();
  const links = (inspection?.links ?? []).filter(({ state }) => state === 'holds' || state === 'fails');
  return [
    ...links.map(({ link, state, detail, fault }) => ({
      timestamp,
      verifier: 'certus-api',
      result: state === 'holds' ? ('passed' as const) : ('failed' as const),
      details: fault ? `${link}: ${fault.code}: ${detail}` : `${link}: ${detail}`,
    })),
    ...attached.map(({ predicateType, keyId, fault }) => ({
      timestamp,
      verifier: 'certus-api',
      result: fault === null ? ('passed' as const) : ('failed' as const),
      details: `${predicateType} by ${keyId}${fault === null ? '' : `: ${fault}`}`,
    })),
  ];
}
