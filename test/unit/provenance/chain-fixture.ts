import { BUNDLE, type BundleIndex } from '../../../contracts/bundle.ts';
import type { Bypass } from '../../../contracts/denial.ts';
import type { KeySet, TrustedKey } from '../../../contracts/keys.ts';
import type { Tier } from '../../../contracts/trust-policy.ts';
import { checkPermit } from '../../../domain/custody/check-permit.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { permitEntry } from '../../../domain/custody/permit-entry.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import type { BundleContent } from '../../../domain/provenance/bundle-content.ts';
import type { ChainFacts, PermitFact } from '../../../domain/provenance/chain-facts.ts';
import { inspectChain } from '../../../domain/provenance/inspect-chain.ts';
import { logProof } from '../../../domain/transparency/log-proof.ts';
import {
  bundleFacts,
  bytesOf,
  DECIDED,
  filesOf,
  KEY_SET,
  KEYS,
  makeIndex,
  permitOf,
  promotionOf,
  provenanceOf,
  RUN,
  type TestKey,
} from '../domain/custody-fixture.ts';
import { inclusionOf, newLogKey } from '../transparency/made-log.ts';

export const LOG_KEY = newLogKey({ valid_from: '2026-01-01T00:00:00.000Z' });
export const PERMIT_ID = `permit_${'1'.repeat(32)}`;
export const NOW = new Date('2026-06-03T12:00:00.000Z');

/** Everything that a verifier of these tests pins. */
export const PINNED: KeySet = { ...KEY_SET, keys: [...KEY_SET.keys, LOG_KEY.trusted] };

export const withKey = (id: string, changes: Partial<TrustedKey>, set: KeySet = PINNED): KeySet => ({
  ...set,
  keys: set.keys.map((key) => (key.id === id ? { ...key, ...changes } : key)),
});

export type Made = { -readonly [K in keyof BundleContent]: BundleContent[K] } & {
  statements: Map<string, Uint8Array>;
  files: Map<string, { sha256: string; size: number }>;
};

export type Wish = {
  readonly index?: BundleIndex;
  readonly signer?: TestKey;
  readonly tier?: Tier;
  readonly bypass?: Bypass;
  readonly through?: 'evidence' | 'permit' | 'promotion';
};

/** A golden copy with real signatures, and a real log that has the permit. */
export async function makeChain({
  index = makeIndex(),
  signer = KEYS.evidence,
  tier = 'verified',
  bypass,
  through = 'promotion',
}: Wish = {}): Promise<Made> {
  const provenance = await sealStatement(provenanceOf(index), signer.signer);
  const bundle = bundleFacts(index, provenance);
  const statements = new Map([[BUNDLE.provenance as string, provenance]]);
  const made = { indexBytes: bytesOf(index), statements, files: filesOf(index), unread: null };
  if (through === 'evidence') return made;
  const permit = await sealStatement(permitOf(index, provenance, { tier, bypass }), KEYS.permit.signer);
  const opened = checkPermit({ permitBytes: permit, bundle, keySet: KEY_SET, destination: 'golden' });
  const inclusion = inclusionOf(0, [permitEntry(permit, opened)], LOG_KEY);
  statements.set(BUNDLE.permit, permit).set(BUNDLE.permitProof, Buffer.from(logProof(inclusion)));
  if (through === 'permit') return made;
  const promotion = promotionOf(index, provenance, permit);
  statements.set(BUNDLE.promotion, await sealStatement(promotion, KEYS.promotion.signer));
  return made;
}

export const permitFact = (changes: Partial<PermitFact> = {}): PermitFact => ({
  id: PERMIT_ID,
  bundleDigest: sha256(bytesOf(makeIndex())),
  permitted: true,
  tier: 'verified',
  reason: null,
  detail: null,
  bypass: false,
  decidedAt: DECIDED.toISOString(),
  logEntryId: null,
  tainted: [],
  shadowDenied: false,
  ...changes,
});

/** What is gathered of a run whose bundle this is; of one in golden unless said otherwise. */
export function factsOf(
  made: Made | null,
  keySet: KeySet = PINNED,
  changes: Partial<ChainFacts> = {},
): ChainFacts {
  const golden = made?.statements.has(BUNDLE.promotion) ?? false;
  return {
    now: NOW,
    run: {
      tenant: RUN.tenant,
      workspace: RUN.workspace,
      testId: RUN.testId,
      component: 'shop',
      source: 'https://git.example/shop',
      commit: 'a'.repeat(40),
      contentHash: 'b'.repeat(64),
      manifestDigest: 'c'.repeat(64),
      createdAt: '2026-06-01T11:58:00.000Z',
      completedAt: '2026-06-01T12:00:00.000Z',
      bundle: '/objects/golden/x',
      bundleDigest: made && sha256(bytesOf(makeIndex())),
      uploadStatus: golden ? 'uploaded' : 'pending',
      goldenManifest: golden ? '/objects/golden/manifest' : null,
      ociReference: null,
      tools: [],
    },
    store: made && (golden ? 'golden' : 'raw'),
    inspection: made && inspectChain(made, keySet),
    document: null,
    manifestVersion: null,
    permits: made?.statements.has(BUNDLE.permit) ? [permitFact()] : [],
    uses: [],
    attached: [],
    log: [],
    quarantine: null,
    ...changes,
  };
}
