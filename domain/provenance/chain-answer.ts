import type { VerifyChainAnswer, VerifyChainRequest } from '../../contracts/provenance.ts';
import type { ChainFacts } from './chain-facts.ts';
import { judgeChain, linkOf } from './judge-chain.ts';
import { sanitizedCounts } from './sanitized-counts.ts';

/** What the registry was seen to hold; null says that it could not be asked. */
export type RegistryCopy = {
  readonly valid: boolean | null;
  readonly digestsMatch: boolean | null;
  readonly contentIdentical: boolean | null;
};

export const UNASKED: RegistryCopy = { valid: null, digestsMatch: null, contentIdentical: null };

/** The prior interface's answer. Each yes is the outcome of a check over stored bytes, and what was not checked is no yes. */
export function chainAnswer(
  facts: ChainFacts,
  registry: RegistryCopy,
  asked: VerifyChainRequest,
): VerifyChainAnswer {
  const links = facts.inspection?.links ?? [];
  const holds = (name: Parameters<typeof linkOf>[1]) => linkOf(links, name)?.state === 'holds';
  const contradictions = contradictionsOf(facts, asked);
  const { status, level } = judgeChain(facts);
  const unbroken = status === 'complete';
  return {
    scan_id: facts.run.testId,
    chain_verified:
      unbroken && level !== 'untrusted' && contradictions.length === 0 && registry.valid !== false,
    inner_signature_valid: holds('inner_signature'),
    outer_signature_valid: holds('permit'),
    chain_unbroken: unbroken,
    signer_inner: linkOf(links, 'inner_signature')?.signer ?? null,
    signer_outer: linkOf(links, 'permit')?.signer ?? null,
    // the log's word, where it has one: no other clock of ours is anybody's proof
    sigstore_timestamp: holds('log') ? (linkOf(links, 'log')?.at ?? null) : null,
    artifact_locations: {
      s3_valid: holds('files'),
      registry_valid: registry.valid,
      digests_match: registry.digestsMatch,
      content_identical: registry.contentIdentical,
    },
    non_repudiation: {
      assurance_accountable: holds('files') && holds('inner_signature'),
      trust_verified: holds('permit') && facts.inspection?.permit?.tier === 'verified' && !bypassed(facts),
      timestamp_authority: null,
      provenance_chain: unbroken,
    },
    links: [...links],
    sanitized: sanitizedCounts(facts.inspection),
    contradictions,
  };
}

const bypassed = ({ inspection }: ChainFacts): boolean => (inspection?.permit?.bypass ?? null) !== null;

function contradictionsOf({ inspection, log }: ChainFacts, asked: VerifyChainRequest): string[] {
  const links = inspection?.links ?? [];
  const signer = (name: 'inner_signature' | 'permit') => linkOf(links, name)?.signer ?? null;
  const { inner, outer } = asked.signatures ?? {};
  const entry = asked.sigstore_entry_id ?? undefined;
  return [
    ...claim('the inner signer', inner?.signer, signer('inner_signature')),
    ...claim('the outer signer', outer?.signer, signer('permit')),
    ...(entry === undefined || log.some(({ entryId }) => entryId === entry)
      ? []
      : ['the log has no such entry about this run']),
  ];
}

const claim = (what: string, said: string | null | undefined, found: string | null): string[] =>
  said == null || said === found ? [] : [`${what} is ${found ?? 'nobody who holds'}, and not who was said`];
