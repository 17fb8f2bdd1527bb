// needs: s3, registry

import { createHash, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensureCheckout } from '../../activities/scan/checkout.ts';
import { listFiles } from '../../activities/scan/content-hash.ts';
import type { SourceDeps } from '../../activities/scan/sources/origin.ts';
import { archiveKey } from '../../contracts/object-keys.ts';
import type { Source } from '../../contracts/workflows.ts';
import { openS3Store } from '../../services/objects/s3-store.ts';
import { pushArtifact } from '../../services/registry/artifact.ts';
import { openRegistry } from '../../services/registry/open-registry.ts';
import type { Registry } from '../../services/registry/registry.ts';
import { tarOf } from '../unit/archive/archives.ts';
import { limits, scanOf, temporaryFolder } from '../unit/scan/sources.ts';
import { needed } from './api-harness.ts';

const run = randomBytes(4).toString('hex');
const workFolder = temporaryFolder('work');
const S3 = {
  endpoint: needed('CERTUS_S3_ENDPOINT'),
  region: process.env.CERTUS_S3_REGION ?? 'us-east-1',
  accessKeyId: needed('CERTUS_S3_ACCESS_KEY_ID'),
  secretAccessKey: needed('CERTUS_S3_SECRET_ACCESS_KEY'),
};
const store = openS3Store(S3);
const team = `team-${run}`;
const registryUrl = needed('CERTUS_REGISTRY_URL');
let registry: Registry;
let deps: SourceDeps;

beforeAll(async () => {
  registry = await openRegistry(registryUrl);
  const uploads = await store.bucket(`uploads-${run}`);
  await store.bucket(team);
  const sources = limits([], { buckets: [team], registries: [new URL(registryUrl).host] });
  deps = { workFolder, sources, uploads, raw: { name: 'raw' }, sourceBucket: store.readable };
});
afterAll(async () => {
  await store.close();
  rmSync(workFolder, { recursive: true, force: true });
});

async function checkout(source: Source, with_ = deps) {
  const { checkout: found, tree } = await ensureCheckout(with_, scanOf(source));
  return {
    found,
    files: await listFiles(tree),
    skips: found.skipped.map(({ code, path }) => `${code} ${path}`),
  };
}
const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

describe('S3', () => {
  test('gives objects that other tools stored, and their odd names are recorded', async () => {
    const client = new S3Client({ ...S3, credentials: S3, forcePathStyle: true });
    const put = (Key: string, Body: string) => client.send(new PutObjectCommand({ Bucket: team, Key, Body }));
    await put('app/a.txt', 'a');
    await put('app/deep/b.txt', 'bb');
    await put('app-of-others/c.txt', 'c');
    await put('app/back\\slash', 'x');
    client.destroy();
    const { found, files, skips } = await checkout({ type: 's3', bucket: team, prefix: 'app' });
    expect(files).toEqual(['a.txt', 'deep/b.txt']);
    expect(found).toMatchObject({ files: 2, bytes: 3 });
    expect(skips).toEqual(['name_unsafe app/back\\slash']);
  });

  test('gives an archive that was uploaded in parts, whole', async () => {
    const bytes = tarOf(
      ...Array.from({ length: 30 }, (_, at) => ({ name: `f${at}`, body: randomBytes(700_000) })),
    );
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const uploads = await store.bucket(`uploads-${run}`);
    const key = archiveKey({ tenant: 'acme', workspace: 'web' }, sha256);
    await uploads.put(key, bytes, { contentType: 'application/octet-stream', sha256, ifAbsent: true });
    const { found } = await checkout({ type: 'archive', sha256, name: 'a.tar' });
    expect(found).toMatchObject({ files: 30, bytes: 21_000_000, originDigest: sha256 });
  });
});

describe('a registry', () => {
  const reference = (repository: string, tag: string): Source => ({
    type: 'oci',
    reference: `${new URL(registryUrl).host}/${repository}:${tag}`,
  });

  test('gives an artifact as its files', async () => {
    const { digest } = await pushArtifact(registry, {
      repository: `sources-${run}/artifact`,
      tag: 'v1',
      artifactType: 'application/vnd.example',
      files: [
        { name: 'a.json', mediaType: 'application/json', bytes: Buffer.from('{}') },
        { name: 'd/b.txt', mediaType: 'text/plain', bytes: Buffer.from('b') },
      ],
    });
    const { found, files } = await checkout(reference(`sources-${run}/artifact`, 'v1'));
    expect(files).toEqual(['a.json', 'd/b.txt']);
    expect(found.originDigest).toBe(digest);
  });

  test('gives an image as its files, from layers larger than any buffer', async () => {
    const repository = `sources-${run}/image`;
    const layers = [
      gzipSync(tarOf({ name: 'app/a', body: 'lower' }, ...large(20))),
      gzipSync(tarOf({ name: 'app/a', body: 'upper' }, { name: 'big/.wh.f0' })),
    ];
    const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux' }));
    for (const bytes of [config, ...layers]) await registry.pushBlob(repository, digestOf(bytes), bytes);
    const described = (mediaType: string, bytes: Buffer) => ({
      mediaType,
      digest: digestOf(bytes),
      size: bytes.length,
    });
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = {
      schemaVersion: 2,
      mediaType,
      config: described('application/vnd.oci.image.config.v1+json', config),
      layers: layers.map((bytes) => described('application/vnd.oci.image.layer.v1.tar+gzip', bytes)),
    };
    await registry.pushManifest(repository, Buffer.from(JSON.stringify(manifest)), mediaType, 'latest');
    const { found, files } = await checkout(reference(repository, 'latest'));
    expect(files).toHaveLength(20);
    expect(files).not.toContain('big/f0');
    expect(found.bytes).toBe(5 + 19 * 700_000);
  });

  const large = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ name: `big/f${at}`, body: randomBytes(700_000) }));
});
