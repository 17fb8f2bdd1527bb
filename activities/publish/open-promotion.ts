import { BUNDLE, ScanDocument } from '../../contracts/bundle.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import type { ReviewOutcome } from '../../contracts/review.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { type PolicyInForce, policyInForce } from '../../services/privacy/policy-in-force.ts';
import { readEvidenceStatement } from '../custody/read-evidence.ts';
import { readListed } from '../custody/read-listed.ts';
import type { PublishDeps } from './deps.ts';
import { type PermittedBundle, requirePermit } from './permitted-bundle.ts';
import { openHeldStatement, type Release, requireReleased } from './released-evidence.ts';

/** All that a promotion goes by: what was permitted, what the policy asks for, what people have decided. */
export type OpenedPromotion = {
  readonly permitted: PermittedBundle;
  readonly privacy: PolicyInForce;
  readonly release: Release | undefined;
  /** Of the attempt; what the statements say. */
  readonly at: Date;
  readonly permitUsedOn: Date;
  readonly retainUntil: Date | undefined;
  /** What the bundle says of its scan; one that came without, or with another, is published all the same. */
  readonly scan: ScanDocument | undefined;
  readonly scanBytes: Uint8Array;
};

/** Asks all of it side by side: every scan waits for this. */
export async function openPromotion(
  deps: PublishDeps,
  input: PublishInput,
  decided: ReviewOutcome | undefined,
): Promise<OpenedPromotion> {
  const { database, keySet, raw } = deps;
  const at = deps.now();
  const held = decided === undefined ? undefined : await openHeldStatement(deps, input);
  // a permit is not held to how long people take: it was used when the bundle was held back
  const usedAt = held === undefined ? at : new Date(held.inspectedOn);
  const question = { database, keySet, destination: 'golden', usedAt } as const;
  const [permitted, privacy, retainUntil, scanBytes] = await Promise.all([
    requirePermit(question, input, readListed(raw, input.bundle.prefix)),
    policyInForce(deps, input.scope),
    deps.lockUntil(input.scope, at),
    readEvidenceStatement(raw, `${input.bundle.prefix}${BUNDLE.scan}`),
  ]);
  const release =
    held === undefined || decided === undefined
      ? undefined
      : await requireReleased(deps, input, decided, held, privacy.policy.review);
  const scan = scanOf(scanBytes);
  return { permitted, privacy, release, at, permitUsedOn: usedAt, retainUntil, scan, scanBytes };
}

export const scanOf = (bytes: Uint8Array): ScanDocument | undefined =>
  ScanDocument.safeParse(jsonOf(bytes)).data;
