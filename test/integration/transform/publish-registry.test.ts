// needs: registry, cosign
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { publishOci } from '../../../activities/publish/publish-oci.ts';
import { withdrawOci } from '../../../activities/publish/withdraw-oci.ts';
import { execute } from '../../../cli/main.ts';
import { quarantineNoticeKey } from '../../../contracts/object-keys.ts';
import { PREDICATE } from '../../../contracts/statements.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { attachedBundles } from '../../../services/registry/attestations.ts';
import { openDistributionRegistry } from '../../../services/registry/distribution-registry.ts';
import { openLayoutRegistry } from '../../../services/registry/layout-registry.ts';
import type { Registry } from '../../../services/registry/registry.ts';
import { type FaultProxy, startFaultProxy } from '../../faults/fault-proxy.ts';
import {
  answerWith,
  carriedOutButAnswered,
  holdRequest,
  refuse,
  resetRequestAfter,
  swallowAnswer,
} from '../../faults/faults.ts';
import { KEY_SET, KEYS } from '../../unit/domain/custody-fixture.ts';
import {
  type Asked,
  type GoldenRun,
  goldenBucket,
  goldenRun,
  type Held,
  PUBLICATION,
  scope,
} from './golden-run.ts';

const url = process.env.CERTUS_REGISTRY_URL ?? '';
const MIB = 1024 * 1024;
const signal = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'certus-publish-registry-'));
const proxies: FaultProxy[] = [];
let golden: Bucket;
let real: Registry;
let component: string;

beforeAll(async () => {
  golden = await goldenBucket();
  real = openDistributionRegistry({ url });
  writeFileSync(join(folder, 'keys.json'), JSON.stringify(KEY_SET));
  writeFileSync(join(folder, 'promotion.pub'), KEYS.promotion.trusted.public_key_pem);
});
beforeEach(() => {
  component = `shop-${randomBytes(6).toString('hex')}`;
});
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const id = (kind: 'test' | 'docs' = 'test') => `${kind}_${randomBytes(6).toString('hex')}`;
const file = (path: string, bytes: Uint8Array | string, mediaType = 'application/json'): Held => ({
  path,
  bytes: Buffer.from(bytes),
  mediaType,
});
const run = (registry: Registry, changes: Partial<Asked> = {}): Promise<GoldenRun> =>
  goldenRun(golden, registry, {
    testId: id(),
    component,
    files: [file('findings.json', '{}'), file('reports/tool.sarif.json', '{"runs":[]}')],
    ...changes,
  });
const publish = ({ deps, input }: GoldenRun) => publishOci(deps, input, signal, PUBLICATION);
const repository = () => `certus/${scope.tenant}/${scope.workspace}/${component}`;
const named = (tag: string) => `${new URL(url).host}/${repository()}:${tag}`;
const layersOf = async (tag: string) => {
  const stored = await real.pullManifest(repository(), tag);
  const { layers } = JSON.parse(Buffer.from(stored?.bytes ?? []).toString());
  return new Map<string, string>(
    layers.map((layer: { mediaType: string; annotations: Record<string, string> }) => [
      layer.annotations['org.opencontainers.image.title'],
      layer.mediaType,
    ]),
  );
};

/** Waits are noted and not sat through. */
async function faulty(): Promise<{ proxy: FaultProxy; registry: Registry; waits: number[] }> {
  const proxy = await startFaultProxy(url);
  proxies.push(proxy);
  const waits: number[] = [];
  const wait = async (ms: number) => {
    waits.push(ms);
  };
  return { proxy, registry: openDistributionRegistry({ url: proxy.url, wait }), waits };
}

async function certus(...words: string[]) {
  const out = new PassThrough();
  const [stdout, stderr] = [out, new PassThrough()].map((each) => each as unknown as NodeJS.WriteStream);
  const environment = { CERTUS_HOME: folder };
  const code = await execute([...words, '-o', 'json'], {
    environment,
    workingDirectory: folder,
    checkout: folder,
    stdout: stdout as NodeJS.WriteStream,
    stderr: stderr as NodeJS.WriteStream,
  });
  const text = String(out.read() ?? '');
  return { code, said: text === '' ? undefined : JSON.parse(text), why: String(stderr?.read() ?? '') };
}
const pull = (reference: string, to: string, ...more: string[]) =>
  certus('pull', reference, '--to', to, '--keys', 'keys.json', ...more);

describe('a golden copy goes to the registry and comes back', () => {
  test('with a file that is pushed in chunks, and every layer of its own type', async () => {
    const large = randomBytes(20 * MIB);
    const { proxy, registry } = await faulty();
    const one = await run(registry, {
      files: [
        file('findings.json', '{}'),
        file('reports/tool.sarif.json', '{"runs":[]}'),
        file('sbom/bom.cdx.json', '{}'),
        file('large.bin', large, 'application/octet-stream'),
      ],
    });
    await publish(one);
    const patched = proxy.seen.filter(({ method }) => method === 'PATCH');
    expect(patched).toHaveLength(3);
    const types = await layersOf(one.input.testId);
    expect(types.get('reports/tool.sarif.json')).toBe('application/sarif+json');
    expect(types.get('sbom/bom.cdx.json')).toBe('application/vnd.cyclonedx+json');
    expect(types.get('findings.json')).toBe('application/json');

    const { code, said } = await pull(named(one.input.testId), 'pulled');
    expect(said).toMatchObject({ verified: true, folder: join(folder, 'pulled') });
    expect(code).toBe(0);
    expect(readFileSync(join(folder, 'pulled', 'large.bin')).equals(large)).toBe(true);
    expect((await certus('verify', 'pulled', '--keys', 'keys.json')).code).toBe(0);
  });

  test('with documents that were masked or withheld, as golden has them and not as they were', async () => {
    const name = 'documents/Verträge/Ünï – 合同.txt'.replace('–', '-');
    const one = await run(real, {
      testId: id('docs'),
      files: [
        file('intake.json', '{}'),
        file('documents/clean.txt', 'nothing', 'text/plain'),
        file('documents/CLEAN.txt', 'nothing else', 'text/plain'),
        file(name, 'ada@example.org', 'text/plain'),
        file('documents/scan.pdf', 'opaque', 'application/pdf'),
      ],
      masked: new Map([[name, file(name, '[EMAIL]', 'text/plain')]]),
      withheld: ['documents/scan.pdf'],
    });
    await publish(one);
    const { code, said } = await pull(named(one.input.testId), 'documents');
    expect([code, said.sanitized]).toEqual([
      0,
      { masked: [name], withheld: ['documents/scan.pdf'], released: [] },
    ]);
    expect(readFileSync(join(folder, 'documents', name), 'utf8')).toBe('[EMAIL]');
    expect(readdirSync(join(folder, 'documents', 'documents')).sort()).toEqual([
      'CLEAN.txt',
      'Verträge',
      'clean.txt',
    ]);
  });

  test('and cosign finds it signed and vouched for, under the key of promotions alone', async () => {
    const one = await run(real);
    await publish(one);
    const cosign = (verb: string, key: string, ...more: string[]) =>
      spawnSync(
        process.env.CERTUS_COSIGN ?? '',
        [verb, '--key', key, '--insecure-ignore-tlog', ...more, named('latest')],
        { cwd: folder, encoding: 'utf8', env: { HOME: folder, PATH: process.env.PATH } },
      ).status === 0;
    writeFileSync(join(folder, 'evidence.pub'), KEYS.evidence.trusted.public_key_pem);
    expect(cosign('verify', 'promotion.pub')).toBe(true);
    expect(cosign('verify', 'evidence.pub')).toBe(false);
    expect(cosign('verify-attestation', 'promotion.pub', '--type', PREDICATE.publication)).toBe(true);
    expect(cosign('verify-attestation', 'evidence.pub', '--type', PREDICATE.publication)).toBe(false);
  });

  test('from an image layout in a folder of any name', async () => {
    const root = join(folder, 'layouts');
    const one = await run(openLayoutRegistry(root));
    await publish(one);
    const { code } = await pull(`oci:${join(root, repository())}:latest`, 'from-layout');
    expect(code).toBe(0);
    expect(readdirSync(join(folder, 'from-layout')).sort()).toEqual([
      'bundle.json',
      'findings.json',
      'reports',
      'statements',
    ]);
  });
});

describe('nothing stays of what does not verify', () => {
  const remains = () => readdirSync(folder).filter((name) => name.includes('refused'));

  test('with the keys of others', async () => {
    const one = await run(real);
    await publish(one);
    const keys = KEY_SET.keys.filter(({ role }) => role !== 'promotion');
    writeFileSync(join(folder, 'others.json'), JSON.stringify({ ...KEY_SET, keys }));
    const words = ['pull', named('latest'), '--to', 'refused', '--keys', 'others.json'];
    const { code, said } = await certus(...words);
    expect([code, said.verified, said.folder]).toEqual([65, false, null]);
    expect(said.links[0]).toMatchObject({ link: 'publication', holds: false });
    expect(remains()).toEqual([]);
    expect((await certus(...words, '--keep-unverified')).code).toBe(65);
    expect(remains()).toEqual(['refused']);
    rmSync(join(folder, 'refused'), { recursive: true });
  });

  test('when the same bundle was pushed by somebody else, whatever is copied beside it', async () => {
    const one = await run(real);
    await publish(one);
    const stored = await real.pullManifest(repository(), 'latest');
    const manifest = JSON.parse(Buffer.from(stored?.bytes ?? []).toString());
    manifest.annotations['dev.certus.permit.tier'] = 'better';
    await real.pushManifest(
      repository(),
      Buffer.from(JSON.stringify(manifest)),
      manifest.mediaType,
      'forged',
    );
    const { code, said } = await pull(named('forged'), 'refused');
    expect([code, said.links[0].fault?.code]).toEqual([65, 'missing_file']);
    // the bundle itself is untouched, and that alone is not enough
    expect(said.links.slice(1).every(({ holds }: { holds: boolean }) => holds)).toBe(true);
    expect(remains()).toEqual([]);
  });

  test('of an image that is no bundle, of nothing, and over a folder that is there', async () => {
    await publish(await run(real));
    expect((await pull(named('nothing'), 'refused')).code).toBe(66);
    expect((await pull('http://registry.example/a:b', 'refused')).code).toBe(64);
    expect((await pull(named('latest'), '.')).code).toBe(64);
    expect(remains()).toEqual([]);
  });
});

describe('a registry that fails on the way', () => {
  const large = randomBytes(20 * MIB);
  const withLarge = () => [file('findings.json', '{}'), file('large.bin', large, 'application/octet-stream')];

  test('shows nothing until all is there, and the next attempt sends what is missing', async () => {
    const { proxy, registry } = await faulty();
    const one = await run(registry);
    proxy.plant({ method: 'PUT', path: '/blobs/uploads/', nth: 4, times: 1000 }, refuse());
    await expect(publish(one)).rejects.toMatchObject({ code: 'dependency_unavailable' });
    expect(await real.tags(repository())).toEqual([]);
    proxy.clear();
    const reference = await publish(one);
    expect(await real.tags(repository())).toEqual(['latest', one.input.testId]);
    const again = await publish(one);
    expect(again).toBe(reference);
    const digest = reference?.split('@')[1] ?? '';
    expect(await attachedBundles(real, repository(), digest)).toHaveLength(6);
    expect((await pull(named('latest'), `whole-${component}`)).code).toBe(0);
  });

  test('before the manifest is pushed has shown nothing, not by a tag and not as what statements are about', async () => {
    const { proxy, registry } = await faulty();
    const one = await run(registry);
    proxy.plant({ method: 'PUT', path: `/manifests/${one.input.testId}`, times: 1000 }, refuse());
    await expect(publish(one)).rejects.toMatchObject({ code: 'dependency_unavailable' });
    expect(await real.pullManifest(repository(), one.input.testId)).toBeUndefined();
    expect(await real.tags(repository())).toEqual([]);
    proxy.clear();
    const digest = (await publish(one))?.split('@')[1] ?? '';
    expect(await attachedBundles(real, repository(), digest)).toHaveLength(6);
  });

  test('with 429 is asked again after as long as it says', async () => {
    const { proxy, registry, waits } = await faulty();
    const one = await run(registry);
    proxy.plant({ method: 'POST' }, answerWith(429, { headers: { 'retry-after': '3' } }));
    proxy.plant({ method: 'PUT', path: '/manifests/' }, answerWith(429, { headers: { 'retry-after': '4' } }));
    await publish(one);
    expect(waits.toSorted()).toEqual([3000, 4000]);
  });

  test.each([
    ['is cut off in the middle of a chunk', () => resetRequestAfter(3 * MIB)],
    ['takes a chunk and loses its answer', () => swallowAnswer()],
    ['takes a chunk and answers 503', () => carriedOutButAnswered(503)],
    ['answers 429 to a chunk', () => answerWith(429, { headers: { 'retry-after': '1' } })],
    ['has forgotten the upload', () => answerWith(404)],
  ])('and %s gets the blob whole', async (_, fault) => {
    const { proxy, registry } = await faulty();
    const one = await run(registry, { files: withLarge() });
    const planted = proxy.plant({ method: 'PATCH', nth: 2 }, fault());
    await publish(one);
    expect(planted.count).toBe(1);
    const to = `cut-${component}`;
    expect((await pull(named('latest'), to)).code).toBe(0);
    expect(readFileSync(join(folder, to, 'large.bin')).equals(large)).toBe(true);
  });

  test('and loses the answer to the end of an upload is not sent it again', async () => {
    const { proxy, registry } = await faulty();
    const one = await run(registry, { files: withLarge() });
    proxy.plant({ method: 'PUT', path: /_state=.*digest=/, times: 1000 }, swallowAnswer());
    await publish(one);
    expect(proxy.seen.filter(({ method }) => method === 'PATCH')).toHaveLength(3);
  });

  test('a file that changes in golden on its way is not pushed', async () => {
    const one = await run(real, { files: withLarge() });
    let opened = 0;
    const changing: Bucket = {
      ...golden,
      open: async (key) => {
        const { info, body } = await golden.open(key);
        opened += 1;
        if (opened === 1) return { info, body };
        const other = new PassThrough();
        body.destroy();
        other.end(randomBytes(20 * MIB));
        return { info, body: other };
      },
    };
    await expect(publish({ ...one, deps: { ...one.deps, golden: changing } })).rejects.toMatchObject({
      code: 'digest_mismatch',
    });
    expect(opened).toBe(2);
    expect(await real.tags(repository())).toEqual([]);
  });
});

/** What stands before registries: lets nothing through without a token, and ends all of them before some chunks. */
async function startTokenGate(endsBefore: readonly number[]) {
  const tokens = new Set<string>();
  const scopes: string[] = [];
  const ends = new Set(endsBefore);
  let chunks = 0;
  const server = createServer((asked, answer) => {
    const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const target = new URL(asked.url ?? '', here);
    if (target.pathname === '/token') {
      const known = asked.headers.authorization === `Basic ${Buffer.from('ada:secret').toString('base64')}`;
      const token = randomBytes(8).toString('hex');
      if (known) tokens.add(token);
      scopes.push(target.searchParams.getAll('scope').join(' '));
      answer.writeHead(known ? 200 : 401).end(JSON.stringify({ token, expires_in: 300 }));
      return;
    }
    if (asked.method === 'PATCH' && ends.delete(chunks)) tokens.clear();
    if (!tokens.has(asked.headers.authorization?.replace('Bearer ', '') ?? '')) {
      asked.resume();
      const challenge = `Bearer realm="${here}/token",service="registry"`;
      asked.once('end', () => answer.writeHead(401, { 'www-authenticate': challenge }).end());
      return;
    }
    if (asked.method === 'PATCH') chunks += 1;
    // with its own Host, by which the registry says where an upload goes on
    const { hostname, port } = new URL(url);
    const sent = request(
      { hostname, port, method: asked.method, path: asked.url, headers: asked.rawHeaders, setHost: false },
      (received) => {
        answer.writeHead(received.statusCode ?? 502, received.rawHeaders);
        received.pipe(answer);
      },
    );
    asked.pipe(sent);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    scopes,
    chunks: () => chunks,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('tokens that end in the middle of an upload are asked for again, and no chunk is lost by it', async () => {
  const gate = await startTokenGate([1, 3]);
  const registry = openDistributionRegistry({ url: gate.url, username: 'ada', password: 'secret' });
  const large = randomBytes(40 * MIB);
  const one = await run(registry, {
    files: [file('findings.json', '{}'), file('large.bin', large, 'application/octet-stream')],
  });
  await publish(one);
  gate.close();
  expect(gate.chunks()).toBe(5);
  const forPushing = gate.scopes.filter((asked) => asked === `repository:${repository()}:pull,push`);
  expect(forPushing).toHaveLength(3);
  expect((await pull(named('latest'), `tokens-${component}`)).code).toBe(0);
});

describe('the tag of a component', () => {
  const at = (minute: number) => `2026-06-01T12:${String(minute).padStart(2, '0')}:00.000Z`;
  const latest = async () => (await real.pullManifest(repository(), 'latest'))?.digest;
  const digestOf = async ({ input }: GoldenRun) =>
    (await real.pullManifest(repository(), input.testId))?.digest ?? 'not there';
  const takeAway = async ({ deps, input }: GoldenRun) => {
    const notice = quarantineNoticeKey(scope, input.testId);
    await golden.put(notice, Buffer.from('{}'), { contentType: 'application/json' });
    return withdrawOci(deps, input);
  };

  test('names the run that was promoted last, in whatever order they are published, and again', async () => {
    const [first, second, third] = [
      await run(real, { promotedOn: at(10) }),
      await run(real, { promotedOn: at(11) }),
      await run(real, { promotedOn: at(12) }),
    ];
    await publish(second);
    expect(await latest()).toBe(await digestOf(second));
    await publish(first);
    expect(await latest()).toBe(await digestOf(second));
    await publish(third);
    expect(await latest()).toBe(await digestOf(third));
    await publish(second);
    expect(await latest()).toBe(await digestOf(third));
  });

  test('goes back to the newest that is left, and away with the last one', async () => {
    const runs = [await run(real, { promotedOn: at(10) }), await run(real, { promotedOn: at(11) })] as const;
    for (const each of runs) await publish(each);
    expect(await takeAway(runs[1])).toBe('withdrawn');
    expect(await latest()).toBe(await digestOf(runs[0]));
    expect(await takeAway(runs[1])).toBe('absent');
    expect(await latest()).toBe(await digestOf(runs[0]));
    expect(await takeAway(runs[0])).toBe('withdrawn');
    expect(await real.tags(repository())).toEqual([]);
  });

  test('stays where it is when an older run is taken away', async () => {
    const runs = [await run(real, { promotedOn: at(10) }), await run(real, { promotedOn: at(11) })] as const;
    for (const each of runs) await publish(each);
    await takeAway(runs[0]);
    expect(await latest()).toBe(await digestOf(runs[1]));
  });

  test('is not left on an older run whose writing was overtaken', async () => {
    const { proxy, registry } = await faulty();
    const [older, newer] = [
      await run(registry, { promotedOn: at(10) }),
      await run(real, { promotedOn: at(11) }),
    ];
    const gate = holdRequest();
    proxy.plant({ method: 'PUT', path: '/manifests/latest' }, gate.fault);
    const publishing = publish(older);
    await gate.arrived;
    await publish(newer);
    expect(await latest()).toBe(await digestOf(newer));
    gate.open();
    await publishing;
    expect(await latest()).toBe(await digestOf(newer));
  });
});
