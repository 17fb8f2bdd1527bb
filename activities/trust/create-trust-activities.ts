import { randomBytes } from 'node:crypto';
import type { BundleReference, PermitDecision, RunIdentity } from '../../contracts/workflows.ts';
import { permitStatement } from '../../domain/custody/permit-statement.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import { decidePermit, type PermitAnswer } from '../../domain/permit/decide-permit.ts';
import { type PermitRecord, recordPermit } from '../../services/database/permits.ts';
import { readEvidence } from '../custody/read-evidence.ts';
import { withHeartbeat } from '../heartbeat.ts';
import type { TrustDeps } from './deps.ts';

export const createTrustActivities = (deps: TrustDeps) => ({
  /**
   * Verifies everything itself and decides once: asked again, it answers with its first decision. A limit of that: a yes
   * that has expired before the bundle was promoted stays the answer for this bundle, and Transform refuses it as expired.
   * The way on is another scan, which makes another bundle.
   */
  decidePermit: (run: RunIdentity, bundle: BundleReference): Promise<PermitDecision> =>
    withHeartbeat(async () => {
      const decision = await decide(deps, run, bundle);
      const { id, permitted, reason } = await recordPermit(deps.database, run.scope, decision);
      return { permitId: id, permitted, reason };
    }),
});

export type TrustActivities = ReturnType<typeof createTrustActivities>;

async function decide(
  deps: TrustDeps,
  { scope, testId }: RunIdentity,
  bundle: BundleReference,
): Promise<PermitRecord> {
  const decidedAt = deps.now();
  const answer = decidePermit({
    evidence: { ...(await readEvidence(deps.raw, bundle.prefix)), keySet: deps.keySet },
    expectedDigest: bundle.digest,
    expectedRun: { ...scope, testId },
    now: decidedAt,
    maxAgeMs: deps.evidenceMaxAgeMs,
  });
  const id = `permit_${randomBytes(16).toString('hex')}`;
  const about = { id, testId, bundleDigest: bundle.digest, decidedAt };
  return answer.permitted ? yes(deps, about, answer) : no(about, answer);
}

type About = Pick<PermitRecord, 'id' | 'testId' | 'bundleDigest' | 'decidedAt'>;

async function yes(
  deps: TrustDeps,
  about: About,
  { evidence }: Extract<PermitAnswer, { permitted: true }>,
): Promise<PermitRecord> {
  const expiresAt = new Date(about.decidedAt.getTime() + deps.permitLifetimeMs);
  const statement = permitStatement({
    id: about.id,
    evidence,
    version: deps.version,
    decidedAt: about.decidedAt,
    expiresAt,
  });
  return {
    ...about,
    permitted: true,
    reason: null,
    detail: null,
    statement: await sealStatement(statement, deps.permitSigner),
    expiresAt,
  };
}

const no = (about: About, { reason, detail }: Extract<PermitAnswer, { permitted: false }>): PermitRecord => ({
  ...about,
  permitted: false,
  reason,
  detail,
  statement: null,
  expiresAt: null,
});
