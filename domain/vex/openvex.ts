import type { Finding } from '../../contracts/finding.ts';
import type { Triage } from '../../contracts/triage.ts';
import { canonicalAdvisory, isAdvisory } from '../finding/reading/identifiers.ts';

export type VexMeta = {
  /** An IRI that names this document and no other. */
  readonly id: string;
  readonly author: string;
  /** ISO 8601; acceptances that have ended by then no longer count. */
  readonly timestamp: string;
  /** What was scanned, as a package URL. */
  readonly product: string;
  readonly version?: number;
  readonly tooling?: string;
  /** Fingerprints that the scan still finds: what is called fixed and is still there, is not. */
  readonly present?: ReadonlySet<string>;
};

/**
 * What people have decided, as OpenVEX 0.2.0. `findings` are those that decisions may be about, also earlier ones; a
 * finding that has no advisory is named by its tool and rule, one that nobody knows any more by its fingerprint.
 */
export function toOpenVex(decisions: readonly Triage[], findings: readonly Finding[], meta: VexMeta): object {
  const byFingerprint = new Map<string, Finding>();
  for (const finding of findings)
    for (const { fingerprint } of [finding, ...finding.sources])
      if (!byFingerprint.has(fingerprint)) byFingerprint.set(fingerprint, finding);
  const statements = decisions
    .map((decision) => toStatement(decision, byFingerprint.get(decision.fingerprint), meta))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': meta.id,
    author: meta.author,
    timestamp: meta.timestamp,
    version: meta.version ?? 1,
    ...(meta.tooling === undefined ? {} : { tooling: meta.tooling }),
    statements: statements.map(({ statement }) => statement),
  };
}

function toStatement(decision: Triage, finding: Finding | undefined, meta: VexMeta) {
  const vulnerability = toVulnerability(decision, finding);
  const purl = finding?.package?.purl ?? null;
  const statement = {
    vulnerability,
    products: [{ '@id': meta.product, ...(purl === null ? {} : { subcomponents: [{ '@id': purl }] }) }],
    timestamp: decision.decided_at,
    ...toStatus(decision, meta),
  };
  return { key: `${vulnerability.name} ${decision.fingerprint}`, statement };
}

function toVulnerability({ fingerprint }: Triage, finding: Finding | undefined) {
  const name =
    (finding === undefined ? undefined : canonicalAdvisory(finding.identifiers)) ??
    ruleName(finding) ??
    fingerprint;
  const aliases = (finding?.identifiers ?? []).filter(
    (identifier) => isAdvisory(identifier) && identifier !== name,
  );
  return {
    '@id': `urn:certus:finding:${fingerprint}`,
    name,
    ...(finding === undefined ? {} : { description: finding.title }),
    ...(aliases.length === 0 ? {} : { aliases }),
  };
}

const ruleName = (finding: Finding | undefined): string | undefined =>
  finding === undefined ? undefined : `${finding.tool}/${finding.rule}`;

function toStatus(decision: Triage, { timestamp, present }: VexMeta) {
  const { state, actor, reason, until } = decision;
  const said = reason.trim() === '' ? `decided by ${actor}` : `${reason} (${actor})`;
  if (state === 'false_positive')
    return { status: 'not_affected', justification: justificationIn(reason), impact_statement: said };
  if (state === 'fixed' && !present?.has(decision.fingerprint))
    return { status: 'fixed', status_notes: said };
  if (state === 'fixed')
    return { status: 'affected', action_statement: `Called fixed, but the scan still finds it: ${said}` };
  const holds = state === 'accepted' && (until === null || Date.parse(until) > Date.parse(timestamp));
  if (holds)
    return {
      status: 'affected',
      action_statement: `Accepted${until === null ? '' : ` until ${until}`}: ${said}`,
    };
  return { status: 'under_investigation', status_notes: said };
}

const JUSTIFICATIONS = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
] as const;

/** The standard's own words where the reason uses one of them; else what "false positive" means. */
const justificationIn = (reason: string): string =>
  JUSTIFICATIONS.find((justification) => reason.includes(justification)) ?? 'vulnerable_code_not_present';
