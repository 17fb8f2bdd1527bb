// needs: registry, cosign
import { spawnSync } from 'node:child_process';
import { createPublicKey, randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { attachPublication } from '../../activities/publish/attach-publication.ts';
import { BUNDLE } from '../../contracts/bundle.ts';
import { PREDICATE } from '../../contracts/statements.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import { COSIGN_SIGNATURE, verifyImage } from '../../domain/custody/verify-image.ts';
import { composeArtifact, pushBlobs } from '../../services/registry/artifact.ts';
import { attachAttestation, attachedBundles } from '../../services/registry/attestations.ts';
import { digestOf, OCI_MANIFEST } from '../../services/registry/content.ts';
import { openRegistry } from '../../services/registry/open-registry.ts';
import type { Registry, StoredManifest } from '../../services/registry/registry.ts';
import { temporaryFolder } from '../unit/scan/sources.ts';
import { signingKey, statement, TYPE } from '../unit/signing/signing-fixture.ts';

const folder = temporaryFolder('cosign-images');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const url = process.env.CERTUS_REGISTRY_URL ?? '';
const repository = `test/images-${randomBytes(6).toString('hex')}`;
let registry: Registry;
let image: StoredManifest;
let other: StoredManifest;

function cosign(...args: string[]) {
  return spawnSync(process.env.CERTUS_COSIGN ?? '', args, {
    cwd: folder,
    encoding: 'utf8',
    env: { HOME: folder, PATH: process.env.PATH, COSIGN_PASSWORD: '' },
  });
}
function done(...args: string[]): void {
  const { status, stderr } = cosign(...args);
  if (status !== 0) throw new Error(stderr);
}
const named = ({ digest }: StoredManifest) => `${new URL(url).host}/${repository}@${digest}`;
const takes = (verb: 'verify' | 'verify-attestation', key: string, of: StoredManifest, ...more: string[]) =>
  cosign(verb, '--key', key, '--insecure-ignore-tlog', ...more, named(of)).status === 0;

/** An image of one layer, as small as they come. */
async function pushImage(text: string): Promise<StoredManifest> {
  const push = async (mediaType: string, bytes: Buffer) => {
    await registry.pushBlob(repository, digestOf(bytes), bytes);
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  };
  const layer = await push('application/vnd.oci.image.layer.v1.tar', Buffer.from(text));
  const about = {
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  };
  const config = await push('application/vnd.oci.image.config.v1+json', Buffer.from(JSON.stringify(about)));
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] };
  return registry.pushManifest(repository, Buffer.from(JSON.stringify(manifest)), OCI_MANIFEST);
}

beforeAll(async () => {
  registry = await openRegistry(url);
  [image, other] = [await pushImage('one'), await pushImage('two')];
  for (const name of ['team', 'stranger']) done('generate-key-pair', '--output-key-prefix', name);
});

describe('what cosign attaches to an image', () => {
  const OFFLINE = ['--tlog-upload=false', '--use-signing-config=false', '-y'];
  const verified = async (of: StoredManifest, key: string, predicateType?: string, at = of) => {
    const trust = { key: createPublicKey(readFileSync(join(folder, key))), now: new Date() };
    const bundles = await attachedBundles(registry, repository, of.digest);
    return verifyImage(bundles, { digest: at.digest, trust, predicateType });
  };

  beforeAll(() => {
    writeFileSync(join(folder, 'predicate.json'), '{"reviewed":true}');
    done('sign', '--key', 'team.key', ...OFFLINE, named(image));
    done(
      'attest',
      '--key',
      'team.key',
      ...OFFLINE,
      '--type',
      TYPE,
      '--predicate',
      'predicate.json',
      named(image),
    );
  });

  test.each([COSIGN_SIGNATURE, TYPE])('is believed of its own key: %s', async (type) => {
    const { verified: found, refused } = await verified(image, 'team.pub', type);
    expect(found).toHaveLength(1);
    expect(found[0]?.statement).toMatchObject({ predicateType: type });
    expect(refused.map(({ code }) => code)).toEqual(['wrong_predicate']);
  });

  test('and neither of another key nor about another image', async () => {
    const strange = await verified(image, 'stranger.pub');
    expect([strange.verified, strange.refused.map(({ code }) => code)]).toEqual([
      [],
      ['signature_invalid', 'signature_invalid'],
    ]);
    const elsewhere = await verified(image, 'team.pub', undefined, other);
    expect([elsewhere.verified, elsewhere.refused.map(({ code }) => code)]).toEqual([
      [],
      ['digest_mismatch', 'digest_mismatch'],
    ]);
    expect(await verified(other, 'team.pub')).toEqual({ verified: [], refused: [] });
  });
});

describe('what we attach to an image', () => {
  const key = signingKey('P-256');
  const about = (of: StoredManifest) =>
    statement({ subject: [{ name: repository, digest: { sha256: of.digest.slice('sha256:'.length) } }] });
  const attach = async (to: StoredManifest, of: StoredManifest) =>
    attachAttestation(registry, {
      repository,
      subject: { ...to, size: to.bytes.length },
      predicateType: TYPE,
      bundle: await sealStatement(about(of), key.signer),
    });

  beforeAll(() => writeFileSync(join(folder, 'ours.pub'), key.signer.publicKeyPem));

  test('is taken by cosign of our key and type alone', async () => {
    const target = await pushImage('three');
    expect(takes('verify-attestation', 'ours.pub', target, '--type', TYPE)).toBe(false);
    await attach(target, target);
    expect(takes('verify-attestation', 'ours.pub', target, '--type', TYPE)).toBe(true);
    expect(takes('verify-attestation', 'stranger.pub', target, '--type', TYPE)).toBe(false);
    expect(takes('verify-attestation', 'ours.pub', target, '--type', 'https://example.org/other')).toBe(
      false,
    );
    expect(takes('verify-attestation', 'ours.pub', other, '--type', TYPE)).toBe(false);
  });

  test('is refused by cosign and by us where it speaks of another image', async () => {
    const target = await pushImage('four');
    await attach(target, other);
    expect(takes('verify-attestation', 'ours.pub', target, '--type', TYPE)).toBe(false);
    const trust = { key: createPublicKey(key.signer.publicKeyPem), now: new Date() };
    const bundles = await attachedBundles(registry, repository, target.digest);
    expect(verifyImage(bundles, { digest: target.digest, trust })).toMatchObject({
      verified: [],
      refused: [{ code: 'digest_mismatch' }],
    });
  });

  test('is found beside what cannot be read', async () => {
    const target = await pushImage('five');
    const broken = { repository, subject: { ...target, size: target.bytes.length }, predicateType: TYPE };
    await attachAttestation(registry, { ...broken, bundle: Buffer.from('not a bundle') });
    await attach(target, target);
    const trust = { key: createPublicKey(key.signer.publicKeyPem), now: new Date() };
    const answer = verifyImage(await attachedBundles(registry, repository, target.digest), {
      digest: target.digest,
      trust,
    });
    expect([answer.verified.length, answer.refused.map(({ code }) => code)]).toEqual([
      1,
      ['bundle_malformed'],
    ]);
  });
});

describe('a golden copy in the registry', () => {
  const promotion = signingKey('P-256', 'promotion');
  const evidence = signingKey('P-256', 'evidence');
  const deps = () => ({ registry, promotionSigner: promotion.signer, now: () => new Date() });
  /** As a bundle has them: about its files, and not about the artifact that they are pushed as. */
  const statements = async () =>
    new Map(
      await Promise.all(
        [BUNDLE.provenance, BUNDLE.permit, BUNDLE.sanitize, BUNDLE.promotion].map(
          async (path) =>
            [path, await sealStatement(statement({ predicate: { path } }), evidence.signer)] as const,
        ),
      ),
    );
  const facts = (digest: string) => ({
    repository,
    manifestDigest: digest.slice('sha256:'.length),
    permit: { id: `permit_${'1'.repeat(32)}`, digest: { sha256: 'a'.repeat(64) } },
    bundle: { digest: { sha256: 'b'.repeat(64) } },
    tenant: 'default',
    workspace: 'web',
    test_id: 'test_0123456789ab',
  });
  const prepare = async (text: string) => {
    const { manifest, blobs } = composeArtifact({
      artifactType: 'application/vnd.certus.bundle.v1+json',
      files: [{ name: 'bundle.json', mediaType: 'application/json', bytes: Buffer.from(text) }],
    });
    await pushBlobs(registry, repository, blobs);
    return manifest;
  };
  let golden: StoredManifest;
  let unsigned: StoredManifest;

  beforeAll(async () => {
    writeFileSync(join(folder, 'promotion.pub'), promotion.signer.publicKeyPem);
    writeFileSync(join(folder, 'evidence.pub'), evidence.signer.publicKeyPem);
    [golden, unsigned] = [await prepare('{}'), await prepare('[]')];
    const publication = { manifest: golden, facts: facts(golden.digest), statements: await statements() };
    // before the manifest that they are about, and again as an attempt would that goes on after a crash
    await attachPublication(deps(), publication);
    for (const { bytes } of [golden, unsigned]) await registry.pushManifest(repository, bytes, OCI_MANIFEST);
    await attachPublication(deps(), publication);
  });

  test('has its signature, its publication and the statements of the bundle beside it, each once', async () => {
    const attached = await attachedBundles(registry, repository, golden.digest);
    const types = attached.map(
      (bytes) =>
        JSON.parse(
          Buffer.from(JSON.parse(String(Buffer.from(bytes))).dsseEnvelope.payload, 'base64').toString(),
        ).predicateType,
    );
    expect(types.toSorted()).toEqual(
      [...Array(4).fill(TYPE), PREDICATE.publication, COSIGN_SIGNATURE].sort(),
    );
    const listed = await registry.referrers(repository, golden.digest);
    expect(
      listed.map(({ annotations }) => annotations?.['dev.sigstore.bundle.predicateType']).sort(),
    ).toEqual(
      [
        COSIGN_SIGNATURE,
        PREDICATE.publication,
        PREDICATE.provenance,
        PREDICATE.permit,
        PREDICATE.sanitize,
        PREDICATE.promotion,
      ].sort(),
    );
  });

  test('is verified by cosign as an image is, by the promotion key and at its own digest alone', () => {
    expect(takes('verify', 'promotion.pub', golden)).toBe(true);
    expect(takes('verify', 'stranger.pub', golden)).toBe(false);
    expect(takes('verify', 'evidence.pub', golden)).toBe(false);
    expect(takes('verify', 'promotion.pub', unsigned)).toBe(false);
    expect(takes('verify', 'promotion.pub', image)).toBe(false);
  });

  test('is vouched for under its own digest by the promotion key, for cosign to see', () => {
    const publication = ['--type', PREDICATE.publication];
    expect(takes('verify-attestation', 'promotion.pub', golden, ...publication)).toBe(true);
    expect(takes('verify-attestation', 'stranger.pub', golden, ...publication)).toBe(false);
    expect(takes('verify-attestation', 'promotion.pub', unsigned, ...publication)).toBe(false);
    expect(takes('verify-attestation', 'promotion.pub', golden, '--type', 'https://example.org/other')).toBe(
      false,
    );
  });

  test('lends the signature of nobody else to what was attached of the bundle: it is about other digests', () => {
    expect(takes('verify-attestation', 'evidence.pub', golden, '--type', TYPE)).toBe(false);
  });
});
