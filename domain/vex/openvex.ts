import type { Finding } from '../../contracts/finding.ts';
import { namesOf } from '../../contracts/finding-names.ts';
import type { Triage } from '../../contracts/triage.ts';
import { newestDecision } from '../finding/newest-decision.ts';
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
 * finding that has no advisory is named by its tool and rule, one that nobody knows any more by its fingerprint. Decisions
 * come newest first: of several about one finding only the newest is told, which is the one that the gate went by.
 */
export function toOpenVex(decisions: readonly Triage[], findings: readonly Finding[], meta: VexMeta): object {
  const statements = told(decisions, findings)
    .map(({ decision, finding }) => toStatement(decision, finding, meta))
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

type Told = { readonly decision: Triage; readonly finding: Finding | undefined };

/** The decision in force about each finding, and those about what is no longer known. */
function told(decisions: readonly Triage[], findings: readonly Finding[]): Told[] {
  const decisionOn = newestDecision(decisions);
  const known = new Set(findings.flatMap(namesOf));
  return [
    ...findings.flatMap((finding) => {
      const decision = decisionOn(finding);
      return decision === undefined ? [] : [{ decision, finding }];
    }),
    ...decisions
      .filter(({ fingerprint }) => !known.has(fingerprint))
      .map((decision) => ({ decision, finding: undefined })),
  ];
}

function toStatement(decision: Triage, finding: Finding | undefined, meta: VexMeta) {
  const vulnerability = toVulnerability(decision, finding);
  const purl = finding?.package?.purl ?? null;
  const statement = {
    vulnerability,
    products: [{ '@id': meta.product, ...(purl === null ? {} : { subcomponents: [{ '@id': purl }] }) }],
    timestamp: decision.decided_at,
    ...toStatus(decision, stillFound(decision, finding, meta), meta.timestamp),
  };
  return { key: `${vulnerability.name} ${finding?.fingerprint ?? decision.fingerprint}`, statement };
}

/** Also when it was called fixed under a name that it no longer has. */
const stillFound = ({ fingerprint }: Triage, finding: Finding | undefined, { present }: VexMeta): boolean =>
  [finding?.fingerprint ?? fingerprint, ...(finding?.sources ?? []).map((source) => source.fingerprint)].some(
    (name) => present?.has(name),
  );

function toVulnerability({ fingerprint }: Triage, finding: Finding | undefined) {
  const name =
    (finding === undefined ? undefined : canonicalAdvisory(finding.identifiers)) ??
    ruleName(finding) ??
    fingerprint;
  const aliases = (finding?.identifiers ?? []).filter(
    (identifier) => isAdvisory(identifier) && identifier !== name,
  );
  return {
    '@id': `urn:certus:finding:${finding?.fingerprint ?? fingerprint}`,
    name,
    ...(finding === undefined ? {} : { description: finding.title }),
    ...(aliases.length === 0 ? {} : { aliases }),
  };
}

const ruleName = (finding: Finding | undefined): string | undefined =>
  finding === undefined ? undefined : `${finding.tool}/${finding.rule}`;

function toStatus({ state, actor, reason, until }: Triage, isStillFound: boolean, timestamp: string) {
  const said = reason.trim() === '' ? `decided by ${actor}` : `${reason} (${actor})`;
  if (state === 'false_positive')
    return { status: 'not_affected', ...justificationIn(reason), impact_statement: said };
  if (state === 'fixed' && !isStillFound) return { status: 'fixed', status_notes: said };
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

/**
 * Only what the reason says in the standard's own words: a machine acts upon it, and which of them a "false positive" means
 * nobody has told us.
 */
function justificationIn(reason: string): { justification?: string } {
  const words = /^[a-z_]+/.exec(reason.trim())?.[0];
  const justification = JUSTIFICATIONS.find((standard) => standard === words);
  return justification === undefined ? {} : { justification };
}
