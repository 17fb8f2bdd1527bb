import { generateKeyPairSync, sign } from 'node:crypto';
import { BUNDLE, type BundleIndex, type ScanDocument } from '../../../contracts/bundle.ts';
import { canonicalJson } from '../../../contracts/canonical-json.ts';
import { keyId } from '../../../contracts/key-id.ts';
import type { KeyRole, KeySet, TrustedKey } from '../../../contracts/keys.ts';
import type { ActualFiles } from '../../../domain/custody/check-evidence.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { type PermitTerms, permitStatement } from '../../../domain/custody/permit-statement.ts';
import { promotionStatement } from '../../../domain/custody/promotion-statement.ts';
import { provenanceStatement } from '../../../domain/custody/provenance-statement.ts';
import { type StatementSigner, sealStatement } from '../../../domain/custody/seal-statement.ts';
import { toolRun } from './tool-run-fixture.ts';

export type TestKey = { readonly signer: StatementSigner; readonly trusted: TrustedKey };

/** A real P-256 key, and how a verifier would be told to trust it. */
export function testKey(role: KeyRole, tenant: string | null = null): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const id = keyId(pem);
  return {
    signer: { keyId: id, sign: async (bytes) => sign('sha256', bytes, privateKey) },
    trusted: {
      id,
      role,
      tenant,
      public_key_pem: pem,
      valid_from: '2026-01-01T00:00:00.000Z',
      valid_until: '2027-01-01T00:00:00.000Z',
    },
  };
}

export const KEYS = {
  evidence: testKey('evidence', 'acme'),
  otherTenant: testKey('evidence', 'globex'),
  permit: testKey('permit'),
  promotion: testKey('promotion'),
  stranger: testKey('evidence', 'acme'),
};

export const KEY_SET: KeySet = {
  schema: 'https://certus.dev/key-set/v1',
  keys: [KEYS.evidence, KEYS.otherTenant, KEYS.permit, KEYS.promotion].map(({ trusted }) => trusted),
};

export const FINISHED = '2026-06-01T12:00:00.000Z';
export const DECIDED = new Date('2026-06-01T12:01:00.000Z');
export const EXPIRES = new Date('2026-06-02T12:01:00.000Z');
export const PROMOTED = '2026-06-01T12:02:00.000Z';
export const RUN = { tenant: 'acme', workspace: 'web', testId: 'test_0123456789ab' };

const SCAN: ScanDocument = {
  test_id: RUN.testId,
  workspace_id: RUN.workspace,
  component_id: 'shop',
  assessment_id: 'default',
  source_type: 'git',
  provenance_id: 'a'.repeat(40),
  source: 'https://git.example/shop',
  git_url: 'https://git.example/shop',
  git_commit: 'a'.repeat(40),
  branch: 'main',
  tag: null,
  directory_path: null,
  origin_digest: null,
  content_hash: 'b'.repeat(64),
  files: 1,
  bytes: 2,
  requested_by: null,
  profile: 'light',
  manifest_digest: 'c'.repeat(64),
  manifest_signed_by: null,
  verdict: 'passed',
  tools: [toolRun('secrets')],
  warnings: [],
  started_at: '2026-06-01T11:59:00.000Z',
  completed_at: FINISHED,
};

type Files = Map<string, { sha256: string; size: number }>;

export type Golden = {
  readonly index: BundleIndex;
  readonly indexBytes: Uint8Array;
  readonly provenance: object;
  readonly statements: Map<string, Uint8Array>;
  readonly files: Files;
};

export const describeFile = (path: string, text: string) => ({
  path,
  sha256: sha256(text),
  size: text.length,
  media_type: 'application/json',
});

export function makeIndex(changes: Partial<BundleIndex> = {}): BundleIndex {
  return {
    schema: 'https://certus.dev/bundle/v1',
    tenant: RUN.tenant,
    workspace_id: RUN.workspace,
    component_id: 'shop',
    assessment_id: 'default',
    test_id: RUN.testId,
    files: [describeFile('findings.json', 'findings'), describeFile('scan.json', 'scan')],
    ...changes,
  };
}

export const bytesOf = (index: unknown): Uint8Array => Buffer.from(`${canonicalJson(index)}\n`);

/** What lies there when the index tells the truth. */
export function filesOf(index: BundleIndex): Files {
  const files: Files = new Map(
    index.files.map(({ path, sha256: digest, size }) => [path, { sha256: digest, size }]),
  );
  return files.set(BUNDLE.index, { sha256: sha256(bytesOf(index)), size: bytesOf(index).length });
}

export const provenanceOf = (index: BundleIndex, changes: Partial<ScanDocument> = {}) =>
  provenanceStatement({
    index,
    bundleDigest: sha256(bytesOf(index)),
    scan: { ...SCAN, ...changes },
    workflowId: 'scan/web/shop/test_0123456789ab',
    version: '1.0.0',
  });

export const bundleFacts = (index: BundleIndex, provenanceBytes: Uint8Array) => ({
  index,
  bundleDigest: sha256(bytesOf(index)),
  provenanceDigest: sha256(provenanceBytes),
});

export const permitOf = (
  index: BundleIndex,
  provenanceBytes: Uint8Array,
  changes: Partial<PermitTerms> = {},
) =>
  permitStatement({
    id: `permit_${'1'.repeat(32)}`,
    evidence: bundleFacts(index, provenanceBytes),
    tier: 'verified',
    destinations: ['golden', 'oci'],
    policy: { uri: 'https://certus.dev/trust-policy/default', digest: 'a'.repeat(64) },
    counted: [],
    version: '1.0.0',
    decidedAt: DECIDED,
    expiresAt: EXPIRES,
    ...changes,
  });

export const promotionOf = (
  index: BundleIndex,
  provenanceBytes: Uint8Array,
  permitBytes: Uint8Array,
  promotedOn = PROMOTED,
) =>
  promotionStatement({
    bundle: bundleFacts(index, provenanceBytes),
    permit: { id: `permit_${'1'.repeat(32)}`, digest: sha256(permitBytes) },
    from: 'raw/x/',
    to: 'golden/x/',
    promotedOn,
  });

/** A whole golden copy whose every link holds. */
export async function makeGolden(index = makeIndex()): Promise<Golden> {
  const provenance = provenanceOf(index);
  const provenanceBytes = await sealStatement(provenance, KEYS.evidence.signer);
  const permitBytes = await sealStatement(permitOf(index, provenanceBytes), KEYS.permit.signer);
  const promotion = promotionOf(index, provenanceBytes, permitBytes);
  return {
    index,
    indexBytes: bytesOf(index),
    provenance,
    statements: new Map([
      [BUNDLE.provenance, provenanceBytes],
      [BUNDLE.permit, permitBytes],
      [BUNDLE.promotion, await sealStatement(promotion, KEYS.promotion.signer)],
    ]),
    files: filesOf(index),
  };
}

/** A statement that must be there, or the test itself is wrong. */
export function statementOf(golden: Golden, path: string): Uint8Array {
  const bytes = golden.statements.get(path);
  if (bytes === undefined) throw new Error(`no ${path} in the fixture`);
  return bytes;
}

export const evidenceOf = (
  golden: Golden,
  changes: { files?: ActualFiles; provenanceBytes?: Uint8Array } = {},
) => ({
  indexBytes: golden.indexBytes,
  provenanceBytes: statementOf(golden, BUNDLE.provenance),
  files: golden.files as ActualFiles,
  keySet: KEY_SET,
  ...changes,
});

type Envelope = {
  mediaType: string;
  verificationMaterial: {
    publicKey: { hint: string };
    tlogEntries?: object[];
    timestampVerificationData?: { rfc3161Timestamps: object[] };
  };
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string; keyid: string }[] };
};

/** The same Sigstore bundle with something else in it. */
export function tampered(bytes: Uint8Array, change: (bundle: Envelope) => void): Uint8Array {
  const bundle = JSON.parse(Buffer.from(bytes).toString('utf8')) as Envelope;
  change(bundle);
  return Buffer.from(JSON.stringify(bundle));
}

/** Runs what must be refused and gives the code of the refusal. */
export function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
  return 'accepted';
}
