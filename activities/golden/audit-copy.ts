import { BUNDLE, GoldenManifest } from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { DOCUMENTS } from '../../contracts/documents.ts';
import { AssessmentId, ComponentId, PermitId, Sha256 } from '../../contracts/identifiers.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import type { QuarantineInput } from '../../contracts/quarantine.ts';
import type { AuditFinding } from '../../contracts/retention.ts';
import { parseIndex } from '../../domain/custody/check-evidence.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { GoldenContent, GoldenRun } from '../../domain/custody/golden-chain.ts';
import type { Drift } from '../../domain/custody/golden-drift.ts';
import { recordAudited } from '../../services/database/audited-copies.ts';
import { findPromotion } from '../../services/database/document-promotions.ts';
import { findGoldenCopy } from '../../services/database/golden-copies.ts';
import type { AuditDeps } from './audit-deps.ts';
import { type LookedAt, lookAtCopy } from './look-at-copy.ts';

export type CopyToAudit = GoldenRun & {
  /** When the audit began; what was looked at since is not looked at again. */
  readonly since: string;
};

/** What a workflow is told of a copy: no names of documents, which are often about a person. */
export type AuditedCopy = {
  readonly place: LookedAt['place'];
  readonly findings: readonly AuditFinding[];
  /** The same drift has the same. */
  readonly fingerprint: string;
  /** Of a copy that is shown although it is not what was promoted. */
  readonly quarantine: QuarantineInput | null;
};

/** Most of what a changed copy is told of; the rest is the same again. */
const MOST_FINDINGS = 100;

/** Looks at a copy and puts on record what was found. */
export async function auditCopy(
  deps: AuditDeps,
  { scope, testId, since }: CopyToAudit,
  signal: AbortSignal,
): Promise<AuditedCopy> {
  const looked = await lookAtCopy(deps, { scope, testId }, signal);
  // by this clock it may have begun later than by the one of the worker that began it
  const at = new Date(Math.max(deps.now().getTime(), Date.parse(since)));
  await recordAudited(deps.database, scope, testId, { findings: findingsOf(looked, looked.drift), at });
  const drift = withoutNames(looked);
  return {
    place: looked.place,
    findings: findingsOf(looked, drift),
    fingerprint: sha256(canonicalJson(drift.map(({ code, path }) => [code, path]))).slice(0, 16),
    quarantine: await quarantineOf(deps, { scope, testId }, looked, drift),
  };
}

const findingsOf = ({ revoked }: LookedAt, drift: readonly Drift[]): AuditFinding[] => [
  ...drift.slice(0, MOST_FINDINGS).map((each) => ({ ...each, drift: true })),
  ...revoked.map((id) => ({
    code: 'key_revoked',
    path: BUNDLE.statements,
    message: `the key ${id} was revoked since`,
    drift: false,
  })),
];

/** A document is told by its place in the index; what else is said of a fault may hold its name as well. */
export function withoutNames({ drift, content }: Pick<LookedAt, 'drift' | 'content'>): Drift[] {
  const index = indexOf(content);
  const places = new Map(index?.files.map(({ path }, at) => [path as string, at]));
  return drift.slice(0, MOST_FINDINGS).map(({ code, path }) => {
    const told = path.startsWith(DOCUMENTS) ? `${DOCUMENTS}#${places.get(path) ?? '?'}` : path;
    return { code, path: told, message: code.replaceAll('_', ' ') };
  });
}

function indexOf(content: GoldenContent | undefined) {
  try {
    return content && parseIndex(content.bytes.get(BUNDLE.index) ?? new Uint8Array());
  } catch (error) {
    if (error instanceof CustodyError) return undefined;
    throw error;
  }
}

/** What does not show need not be taken away; and of what nobody ever permitted there is no notice to be signed. */
async function quarantineOf(
  { database }: AuditDeps,
  { scope, testId }: GoldenRun,
  { place, promoted, content }: LookedAt,
  drift: readonly Drift[],
): Promise<QuarantineInput | null> {
  if (place !== 'golden' || drift.length === 0) return null;
  const [row, promotion] = await Promise.all([
    findGoldenCopy(database, scope, testId),
    findPromotion(database, scope, testId),
  ]);
  const shown = GoldenManifest.safeParse(jsonOf(content?.manifestBytes ?? new Uint8Array())).data;
  const index = indexOf(content);
  const permitId = PermitId.safeParse(promoted?.permitId ?? promotion?.permitId ?? shown?.permit_id);
  const bundleDigest = Sha256.safeParse(promoted?.bundleDigest ?? row?.bundleDigest ?? shown?.bundle_digest);
  const component = ComponentId.safeParse(row?.component ?? index?.component_id ?? shown?.component_id);
  if (!permitId.success || !bundleDigest.success || !component.success) return null;
  return {
    scope,
    testId,
    component: component.data,
    assessment: AssessmentId.safeParse(index?.assessment_id).data ?? 'default',
    permitId: permitId.data,
    bundleDigest: bundleDigest.data,
    cause: { drift: drift.map(({ code, path }) => ({ code, path })) },
  };
}
