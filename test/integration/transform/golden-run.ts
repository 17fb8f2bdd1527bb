import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PublishDeps } from '../../../activities/publish/deps.ts';
import { BUNDLE, type BundleFile, type BundleIndex, type GoldenManifest } from '../../../contracts/bundle.ts';
import { INTAKE_TYPE } from '../../../contracts/intake.ts';
import { goldenManifestKey, goldenPrefix } from '../../../contracts/object-keys.ts';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../../contracts/statements.ts';
import type { PublishInput } from '../../../contracts/workflows.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { publishedFiles } from '../../../domain/custody/explained-files.ts';
import { promotionStatement } from '../../../domain/custody/promotion-statement.ts';
import { type SanitizedFile, sanitizeStatement } from '../../../domain/custody/sanitize-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import type { Database } from '../../../services/database/database.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import type { Registry } from '../../../services/registry/registry.ts';
import {
  bundleFacts,
  bytesOf,
  KEY_SET,
  KEYS,
  makeIndex,
  PROMOTED,
  permitOf,
  provenanceOf,
  RUN,
} from '../../unit/domain/custody-fixture.ts';

export type Held = { readonly path: string; readonly bytes: Uint8Array; readonly mediaType: string };

export type Asked = {
  readonly testId: string;
  readonly component: string;
  readonly files: readonly Held[];
  /** What became of files on their way to golden, by the path of the original. */
  readonly masked?: ReadonlyMap<string, Held>;
  readonly withheld?: readonly string[];
  readonly promotedOn?: string;
};

export type GoldenRun = { readonly deps: PublishDeps; readonly input: PublishInput };

export const scope = { tenant: RUN.tenant, workspace: RUN.workspace };
/** What the permit was used for. */
export const PUBLICATION = 'publish/test';
const PERMIT = `permit_${'1'.repeat(32)}`;

/** A bucket of golden copies on this disk. */
export const goldenBucket = async (): Promise<Bucket> =>
  openDirectoryStore(await mkdtemp(join(tmpdir(), 'certus-golden-run-'))).bucket('golden');

/** A run as promotion leaves it in golden, every statement signed, and all that publishing it takes. */
export async function goldenRun(golden: Bucket, registry: Registry, asked: Asked): Promise<GoldenRun> {
  const { testId, component, files, masked = new Map(), withheld = [], promotedOn = PROMOTED } = asked;
  const index = makeIndex({ test_id: testId, component_id: component, files: files.map(describe) });
  const provenance = provenanceOf(index);
  if (testId.startsWith('docs_')) provenance.predicate.buildDefinition.buildType = INTAKE_TYPE;
  const provenanceBytes = await sealStatement(provenance, KEYS.evidence.signer);
  const permitBytes = await sealStatement(permitOf(index, provenanceBytes), KEYS.permit.signer);
  const inspection = sanitizeStatement({
    ...scope,
    testId,
    bundleDigest: sha256(bytesOf(index)),
    policyDigest: 'd'.repeat(64),
    rules: 'test/1',
    inspectedOn: promotedOn,
    lookedAt: files.length,
    kinds: [],
    files: changes(index, masked, withheld),
  });
  const sanitizeBytes = await sealStatement(inspection, KEYS.promotion.signer);
  const sanitized = { statement: inspection, digest: sha256(sanitizeBytes) };
  const promotion = promotionStatement({
    bundle: bundleFacts(index, provenanceBytes),
    permit: { id: PERMIT, digest: sha256(permitBytes) },
    sanitized,
    from: 'raw/x/',
    to: 'golden/x/',
    promotedOn,
  });
  const statement = (path: string, bytes: Uint8Array) => ({
    path,
    bytes,
    mediaType: SIGSTORE_BUNDLE_MEDIA_TYPE,
  });
  const published = new Set(
    publishedFiles(index, inspection).map(({ path, sha256: digest }) => `${path}@${digest}`),
  );
  const held: Held[] = [
    { path: BUNDLE.index, bytes: bytesOf(index), mediaType: 'application/json' },
    ...[...files, ...masked.values()].filter((file) => published.has(`${file.path}@${sha256(file.bytes)}`)),
    statement(BUNDLE.provenance, provenanceBytes),
    statement(BUNDLE.permit, permitBytes),
    statement(BUNDLE.sanitize, sanitizeBytes),
    statement(BUNDLE.promotion, await sealStatement(promotion, KEYS.promotion.signer)),
  ];
  await lay(golden, index, held, promotedOn);
  const signer = { ...KEYS.promotion.signer, publicKeyPem: KEYS.promotion.trusted.public_key_pem };
  const deps = {
    database: permitTable(permitBytes),
    golden,
    registry,
    registryNamespace: 'certus',
    promotionSigner: signer,
    keySet: KEY_SET,
    now: () => new Date(promotedOn),
  } as unknown as PublishDeps; // the rest is what promotion needs
  const bundle = { prefix: 'unused/', digest: sha256(bytesOf(index)) };
  return { deps, input: { scope, component, assessment: 'default', testId, bundle, permitId: PERMIT } };
}

const describe = ({ path, bytes, mediaType }: Held): BundleFile => ({
  path,
  sha256: sha256(bytes),
  size: bytes.length,
  media_type: mediaType,
});

const changes = (
  index: BundleIndex,
  masked: ReadonlyMap<string, Held>,
  withheld: readonly string[],
): SanitizedFile[] =>
  index.files.flatMap(({ path, sha256: before }): SanitizedFile[] => {
    const digest = { sha256: before };
    const copy = masked.get(path);
    if (withheld.includes(path)) return [{ path, before: digest, outcome: 'withheld', kinds: [] }];
    if (copy === undefined) return [];
    const { sha256: after, ...rest } = describe(copy);
    return [
      { path, before: digest, outcome: 'masked', kinds: [], after: { ...rest, digest: { sha256: after } } },
    ];
  });

async function lay(
  golden: Bucket,
  index: BundleIndex,
  held: readonly Held[],
  promotedOn: string,
): Promise<void> {
  const prefix = goldenPrefix(scope, index.test_id);
  for (const { path, bytes, mediaType } of held)
    await golden.put(`${prefix}${path}`, bytes, { contentType: mediaType });
  const manifest: GoldenManifest = {
    schema: 'https://certus.dev/golden/v1',
    tenant: index.tenant,
    workspace_id: index.workspace_id,
    component_id: index.component_id,
    test_id: index.test_id,
    permit_id: PERMIT,
    bundle_digest: sha256(bytesOf(index)),
    prefix,
    files: held.map(describe),
    promoted_at: promotedOn,
  };
  const key = goldenManifestKey(scope, index.test_id);
  await golden.put(key, Buffer.from(JSON.stringify(manifest)), { contentType: 'application/json' });
}

/** The rows that a publisher asks for; what they say is checked by its signature anyway. */
const permitTable = (statement: Uint8Array): Database =>
  ({
    client: {
      permit: { findUnique: async () => ({ permitted: true, statement, logProof: null }) },
      keySetVersion: { findFirst: async () => null },
      permitUse: { createMany: async () => undefined, findUnique: async () => ({ usedBy: PUBLICATION }) },
      knownDigest: { createMany: async () => undefined },
    },
  }) as unknown as Database;
