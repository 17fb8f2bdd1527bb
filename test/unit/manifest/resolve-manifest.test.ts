import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { ManifestAccess } from '../../../activities/scan/manifest-access.ts';
import { openManifestAccess } from '../../../activities/scan/manifest-access.ts';
import { resolveManifest } from '../../../activities/scan/resolve-manifest.ts';
import { CertusError } from '../../../contracts/errors.ts';
import { keyId } from '../../../contracts/key-id.ts';
import { MAX_MANIFEST_BYTES } from '../../../contracts/manifest.ts';
import type { ManifestSource } from '../../../contracts/workflows.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../../services/registry/content.ts';
import { openLayoutRegistry } from '../../../services/registry/layout-registry.ts';
import { tlsCertificate } from '../fetch/tls-certificate.ts';
import { temporaryFolder, write } from '../scan/sources.ts';
import { bytesOf, manifestSigner } from './signing.ts';

const YAML = 'product: shop\nversion: "1"\nprofiles:\n  - {name: release, tools: [secrets]}\n';
const JSON_TEXT =
  '{"product": "shop", "version": "1", "profiles": [{"name": "release", "tools": ["secrets"]}]}';
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const folder = temporaryFolder('manifest');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tree = join(folder, 'tree');
const root = join(folder, 'root');
write(tree, { 'certus.yaml': YAML, '.certus/m.json': JSON_TEXT, 'not.json': YAML, 'empty.yaml': '' });
write(root, { 'm.yaml': YAML, 'large.yaml': `${YAML}#${'x'.repeat(MAX_MANIFEST_BYTES)}` });
write(folder, { 'outside.yaml': YAML, 'rootless/m.yaml': YAML });

const ACCESS: ManifestAccess = {
  roots: [root],
  buckets: ['team'],
  registries: ['registry.test'],
  hosts: [],
  openBucket: (name) => openDirectoryStore(join(folder, 'objects')).readable(name),
  openRegistry: async () => openLayoutRegistry(join(folder, 'registry')),
  keys: undefined,
  checkRule: () => undefined,
};
const resolve = (manifest: ManifestSource, changes: Partial<ManifestAccess> = {}) =>
  resolveManifest({ manifests: { ...ACCESS, ...changes } }, { manifest }, tree);
const inRepository = (path: string) => resolve({ type: 'repository', path });
const at = (uri: string, changes: Partial<ManifestAccess> = {}, signatureUri: string | null = null) =>
  resolve({ type: 'uri', uri, signatureUri }, changes);
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error instanceof CertusError ? error.code : String(error)),
  );

describe('in the repository', () => {
  test('is read with the digest of its bytes', async () => {
    expect(await inRepository('certus.yaml')).toMatchObject({
      manifest: { product: 'shop', profiles: [{ name: 'release', gateOn: 'all' }] },
      digest: sha256(YAML),
      signedBy: null,
    });
    expect((await inRepository('./.certus/m.json')).digest).toBe(sha256(JSON_TEXT));
  });

  test.each([
    '../outside.yaml',
    '.certus/../../outside.yaml',
    '/etc/passwd',
    'a//b',
    '',
    '.',
    '..',
    'a\\..\\b',
    'certus.yaml\0.png',
    'certus.yaml/',
  ])('is never looked for outside of it: %j', async (path) => {
    expect(await codeOf(inRepository(path))).toBe('source_not_allowed');
  });

  test('is not reached through a link', async () => {
    symlinkSync(join(folder, 'outside.yaml'), join(tree, 'link.yaml'));
    symlinkSync(folder, join(tree, 'up'));
    expect(await codeOf(inRepository('link.yaml'))).toBe('manifest_not_found');
    expect(await codeOf(inRepository('up/outside.yaml'))).toBe('manifest_not_found');
    linkSync(join(folder, 'outside.yaml'), join(tree, 'same.yaml'));
    expect(await codeOf(inRepository('same.yaml'))).toBe('accepted');
  });

  test.each([
    ['missing.yaml', 'manifest_not_found'],
    ['.certus', 'manifest_not_found'],
    ['empty.yaml', 'manifest_invalid'],
    ['not.json', 'manifest_invalid'],
  ])('%s is %s', async (path, code) => {
    expect(await codeOf(inRepository(path))).toBe(code);
  });

  test('is held against the rules it is given', async () => {
    write(tree, {
      'rule.yaml': `${YAML}    # none\n`.replace('[secrets]}', '[secrets], rules: [{name: r, deny: "x +"}]}'),
    });
    const checkRule = (rule: string) => (rule === 'x +' ? 'does not end there' : undefined);
    await expect(resolve({ type: 'repository', path: 'rule.yaml' }, { checkRule })).rejects.toThrow('line 4');
    expect(await codeOf(inRepository('rule.yaml'))).toBe('accepted');
  });
});

describe('at file://', () => {
  test('is read below an allowed root', async () => {
    expect((await at(pathToFileURL(join(root, 'm.yaml')).href)).digest).toBe(sha256(YAML));
  });

  test.each([
    ['file:///etc/passwd', 'source_not_allowed'],
    ['file:///no/such/file', 'source_not_allowed'],
    [`file://${root}/../outside.yaml`, 'source_not_allowed'],
    [`file://${root}/%2e%2e/outside.yaml`, 'source_not_allowed'],
    [`file://${folder}/rootless/m.yaml`, 'source_not_allowed'],
    [`file://${root}/missing.yaml`, 'manifest_not_found'],
    [`file://${root}/`, 'manifest_not_found'],
    [`file://${root}`, 'manifest_not_found'],
    [`file://${root}/large.yaml`, 'manifest_invalid'],
    [`file://elsewhere${root}/m.yaml`, 'invalid_request'],
    [`file://${root}/a%2fm.yaml`, 'invalid_request'],
  ])('%s is %s', async (uri, code) => {
    expect(await codeOf(at(uri))).toBe(code);
  });

  test('is not reached through a link out of the root', async () => {
    symlinkSync(join(folder, 'outside.yaml'), join(root, 'out.yaml'));
    expect(await codeOf(at(`file://${root}/out.yaml`))).toBe('source_not_allowed');
  });

  test('without any root is not read', async () => {
    expect(await codeOf(at(`file://${root}/m.yaml`, { roots: [] }))).toBe('source_not_allowed');
  });
});

describe('at s3://', () => {
  const store = openDirectoryStore(join(folder, 'objects'));
  const put = async (bucket: string, key: string, text: string) =>
    void (await (await store.bucket(bucket)).put(key, Buffer.from(text), { contentType: 'text/plain' }));

  test('is read from an allowed bucket and from no other', async () => {
    await put('team', 'a/m.yaml', YAML);
    await put('team', 'large.yaml', 'x'.repeat(MAX_MANIFEST_BYTES + 1));
    await put('other', 'm.yaml', YAML);
    expect((await at('s3://team/a/m.yaml')).digest).toBe(sha256(YAML));
    expect(await codeOf(at('s3://other/m.yaml'))).toBe('source_not_allowed');
    expect(await codeOf(at('s3://team/missing.yaml'))).toBe('manifest_not_found');
    expect(await codeOf(at('s3://team/large.yaml'))).toBe('manifest_invalid');
    expect(await codeOf(at('s3://team/../other/m.yaml'))).toBe('invalid_key');
    expect(await codeOf(at('s3://team'))).toBe('source_not_allowed');
  });
});

describe('at oci://', () => {
  const registry = openLayoutRegistry(join(folder, 'registry'));
  async function push(
    tag: string,
    text: string,
    changes: object = {},
    mediaType: string = OCI_MANIFEST,
  ): Promise<string> {
    const blob = async (content: string) => {
      const digest = `sha256:${sha256(content)}`;
      await registry.pushBlob('team/manifests', digest, Buffer.from(content));
      return { mediaType: 'application/octet-stream', digest, size: content.length };
    };
    const manifest = {
      schemaVersion: 2,
      mediaType,
      config: await blob('{}'),
      layers: [await blob(text)],
      ...changes,
    };
    return (await registry.pushManifest('team/manifests', bytesOf(manifest), mediaType, tag)).digest;
  }

  test('is read by tag or digest', async () => {
    const digest = await push('v1', YAML);
    await push('v2', YAML.replace('shop', 'other'));
    expect((await at('oci://registry.test/team/manifests:v1')).digest).toBe(sha256(YAML));
    expect((await at(`oci://registry.test/team/manifests@${digest}`)).digest).toBe(sha256(YAML));
    // the digest decides, whatever the tag has become
    expect((await at(`oci://registry.test/team/manifests:v2@${digest}`)).digest).toBe(sha256(YAML));
  });

  test('may only lie in a registry that is allowed', async () => {
    for (const host of ['registry.test.evil', 'registry.test:5000', '169.254.169.254', 'localhost'])
      expect(await codeOf(at(`oci://${host}/team/manifests:v1`))).toBe('source_not_allowed');
  });

  test('may not be an index, nor empty, nor large', async () => {
    await push('empty', YAML, { layers: [] });
    await push('index', YAML, { layers: undefined, config: undefined, manifests: [] }, OCI_INDEX);
    await push('large', 'x'.repeat(MAX_MANIFEST_BYTES + 1));
    for (const tag of ['empty', 'index', 'large'])
      expect(await codeOf(at(`oci://registry.test/team/manifests:${tag}`))).toBe('manifest_invalid');
    expect(await codeOf(at('oci://registry.test/team/manifests:none'))).toBe('manifest_not_found');
  });

  test.each([
    'oci://registry.test/team/manifests',
    'oci://registry.test',
    'oci://u@registry.test/a:b',
    'oci://registry.test/a@sha256:1',
  ])('%s names nothing', async (uri) => {
    expect(await codeOf(at(uri))).toBe('invalid_request');
  });
  test('a repository that could lead elsewhere is refused', async () => {
    expect(await codeOf(at('oci://registry.test/../../a:b'))).toBe('invalid_request');
  });

  test('is fetched over TLS unless the registry is on this machine', async () => {
    const asked: string[] = [];
    const changes = {
      registries: ['registry.test', '127.0.0.1:5000', '127.0.0.1.evil.test'],
      openRegistry: async (url: string) => {
        asked.push(url);
        return registry;
      },
    };
    for (const host of changes.registries) await at(`oci://${host}/team/manifests:v1`, changes);
    expect(asked).toEqual(['https://registry.test', 'http://127.0.0.1:5000', 'https://127.0.0.1.evil.test']);
  });
});

describe('at https://', () => {
  test.each([
    ['https://127.0.0.1/m.yaml', 'source_not_allowed'],
    ['https://169.254.169.254/latest/meta-data', 'source_not_allowed'],
    ['https://u:p@example.org/m.yaml', 'invalid_request'],
    ['https://no-such-host.invalid/m.yaml', 'manifest_unreachable'],
    ['http://127.0.0.1/m.yaml', 'invalid_request'],
    ['ftp://127.0.0.1/m.yaml', 'invalid_request'],
  ])('%s is %s', async (uri, code) => {
    expect(await codeOf(at(uri))).toBe(code);
  });

  test('is read from whoever has a certificate for the name, and from nobody else', async () => {
    const [own, other] = [tlsCertificate('localhost'), tlsCertificate('elsewhere.test')];
    const known = getCACertificates();
    setDefaultCACertificates([...known, own.cert, other.cert]);
    const read = async (certificate: { key: string; cert: string }, hosts = ['localhost']) => {
      const server = createServer(certificate, (_, response) => response.end(YAML)).listen(0, 'localhost');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      return codeOf(at(`https://localhost:${port}/m.yaml`, { hosts })).finally(() => server.close());
    };
    try {
      expect(await read(own)).toBe('accepted');
      expect(await read(own, [])).toBe('source_not_allowed');
      expect(await read(other)).toBe('manifest_unreachable');
      expect(await read(tlsCertificate('localhost'))).toBe('manifest_unreachable');
    } finally {
      setDefaultCACertificates(known);
    }
  });
});

describe('a signature', () => {
  const team = manifestSigner();
  const stranger = manifestSigner();
  mkdirSync(join(folder, 'keys'));
  writeFileSync(join(folder, 'keys', 'team.pem'), team.pem);
  write(root, {
    'm.sig': team.base64(Buffer.from(YAML)).toString(),
    'm.bundle': Buffer.from(bytesOf(team.message(Buffer.from(YAML)))),
    'stranger.sig': stranger.base64(Buffer.from(YAML)).toString(),
  });
  const uri = `file://${root}/m.yaml`;
  const settings = {
    CERTUS_SOURCE_ROOTS: [root],
    CERTUS_SOURCE_BUCKETS: [],
    CERTUS_SOURCE_REGISTRIES: [],
    CERTUS_MANIFEST_ALLOWED_HOSTS: [],
    CERTUS_MANIFEST_KEY_FILE: join(folder, 'keys', 'team.pem'),
  };
  const open = (changes = {}) =>
    openManifestAccess({ ...settings, ...changes }, openDirectoryStore(join(folder, 'objects')));
  const signed = async (signature: string | null, changes = {}) =>
    resolveManifest(
      { manifests: await open(changes) },
      { manifest: { type: 'uri', uri, signatureUri: signature } },
      tree,
    );

  test('of the key that is configured is needed, and named', async () => {
    expect((await signed(`file://${root}/m.sig`)).signedBy).toBe(keyId(team.pem));
    expect((await signed(`file://${root}/m.bundle`)).signedBy).toBe(keyId(team.pem));
    expect(await codeOf(signed(null))).toBe('manifest_unsigned');
    expect(await codeOf(signed(`file://${root}/stranger.sig`))).toBe('manifest_signature_invalid');
    expect(await codeOf(signed(`file://${root}/m.yaml`))).toBe('manifest_signature_invalid');
  });

  test('is fetched by the same rules as the manifest', async () => {
    expect(await codeOf(signed('file:///etc/hostname'))).toBe('source_not_allowed');
    expect(await codeOf(signed('https://127.0.0.1/m.sig'))).toBe('source_not_allowed');
  });

  test('that nobody could check ends the run, and so does a key that cannot be read', async () => {
    const without = { CERTUS_MANIFEST_KEY_FILE: undefined };
    expect(await codeOf(signed(`file://${root}/m.sig`, without))).toBe('manifest_signature_invalid');
    expect(await codeOf(signed(null, without))).toBe('accepted');
    expect(await codeOf(open({ CERTUS_MANIFEST_KEY_FILE: join(folder, 'none.pem') }))).toBe('key_unusable');
  });
});
