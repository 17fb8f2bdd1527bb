// needs: registry
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openDistributionRegistry } from '../../services/registry/distribution-registry.ts';
import { openLayoutRegistry } from '../../services/registry/layout-registry.ts';
import type { BlobSource, Registry } from '../../services/registry/registry.ts';
import { type Intercept, type RegistryServer, reply, startRegistryServer } from './registry-server.ts';

const MIB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'certus-blobs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const source = (bytes: Uint8Array, size = bytes.length): BlobSource & { opened: number } => {
  const self = {
    size,
    opened: 0,
    open: async () => {
      self.opened += 1;
      // in pieces of no round size, as they come from disks and networks
      const pieces = function* () {
        for (let at = 0; at < bytes.length; at += 77_777) yield bytes.subarray(at, at + 77_777);
      };
      return Readable.from(pieces());
    },
  };
  return self;
};

describe.each([
  ['layout', () => openLayoutRegistry(join(folder, 'oci'))],
  ['distribution', () => openDistributionRegistry({ url: process.env.CERTUS_REGISTRY_URL ?? '' })],
] as const)('blobs that are streams: %s', (_, open) => {
  let registry: Registry;
  let repository: string;
  beforeAll(() => {
    registry = open();
  });
  beforeEach(() => {
    repository = `test/blobs-${randomBytes(6).toString('hex')}`;
  });

  test.each([0, 1, 77_777, 8 * MIB, 8 * MIB + 1, 16 * MIB, 17 * MIB + 5])(
    'of %i bytes come back',
    async (size) => {
      const bytes = randomBytes(size);
      const digest = digestOf(bytes);
      await registry.pushBlob(repository, digest, source(bytes));
      const file = join(folder, randomBytes(6).toString('hex'));
      await registry.downloadBlob(repository, { digest, size }, file);
      expect(readFileSync(file).equals(bytes)).toBe(true);
    },
  );

  test.each([
    ['other bytes', 100, (bytes: Buffer) => source(Buffer.concat([bytes.subarray(1), Buffer.of(1)]))],
    ['other bytes', 9 * MIB, (bytes: Buffer) => source(Buffer.concat([bytes.subarray(1), Buffer.of(1)]))],
    ['fewer than announced', 100, (bytes: Buffer) => source(bytes.subarray(1), bytes.length)],
    ['fewer than announced', 9 * MIB, (bytes: Buffer) => source(bytes.subarray(1), bytes.length)],
    ['more than announced', 9 * MIB, (bytes: Buffer) => source(Buffer.concat([bytes, bytes]), bytes.length)],
  ])('of %s, %i of them, are refused and not kept', async (_name, size, make) => {
    const bytes = randomBytes(size);
    const digest = digestOf(bytes);
    await expect(registry.pushBlob(repository, digest, make(bytes))).rejects.toMatchObject({
      code: 'digest_mismatch',
    });
    expect(await registry.hasBlob(repository, digest)).toBe(false);
  });

  test('that end in an error are not kept', async () => {
    const bytes = randomBytes(9 * MIB);
    const broken: BlobSource = {
      size: bytes.length,
      open: async () =>
        Readable.from(
          (function* () {
            yield bytes.subarray(0, 100);
            throw new Error('the disk is gone');
          })(),
        ),
    };
    await expect(registry.pushBlob(repository, digestOf(bytes), broken)).rejects.toThrow('the disk is gone');
    expect(await registry.hasBlob(repository, digestOf(bytes))).toBe(false);
  });

  test('are not written to the disk as what they are not', async () => {
    const bytes = randomBytes(1000);
    const digest = digestOf(bytes);
    await registry.pushBlob(repository, digest, bytes);
    const file = join(folder, 'short');
    await expect(registry.downloadBlob(repository, { digest, size: 999 }, file)).rejects.toBeDefined();
    await expect(registry.downloadBlob(repository, { digest, size: 1001 }, file)).rejects.toMatchObject({
      code: 'digest_mismatch',
    });
    const absent = digestOf(Buffer.from('absent'));
    await expect(registry.downloadBlob(repository, { digest: absent, size: 1 }, file)).rejects.toMatchObject({
      code: 'object_not_found',
    });
  });
});

describe('the protocol of chunks', () => {
  const servers: RegistryServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });
  const serve = async (intercept: Intercept) => {
    const server = await startRegistryServer(intercept);
    servers.push(server);
    return openDistributionRegistry({ url: server.url, wait: async () => undefined });
  };

  /** Takes of each chunk what it likes, and says so. */
  const taking = (least: number | undefined, take: (length: number) => number) => {
    const ranges: string[] = [];
    const methods: string[] = [];
    let received = 0;
    const intercept: Intercept = (request, response) => {
      const location = `/v2/acme/web/blobs/uploads/session?at=${received}`;
      methods.push(request.method ?? '');
      const headers: Record<string, string> =
        least === undefined ? { location } : { location, 'oci-chunk-min-length': String(least) };
      if (request.method === 'POST') return reply(response, 202, headers);
      if (request.method === 'PATCH') {
        const range = request.headers['content-range'] ?? '';
        ranges.push(range);
        const [start = 0, end = 0] = range.split('-').map(Number);
        if (start !== received)
          return reply(response, 416, { location, range: `0-${Math.max(0, received - 1)}` });
        received += take(end - start + 1);
        return reply(response, 202, { location, range: `0-${Math.max(0, received - 1)}` });
      }
      if (request.method === 'GET')
        return reply(response, 204, { location, range: `0-${Math.max(0, received - 1)}` });
      if (request.method === 'PUT') return reply(response, 201);
      return reply(response, 404);
    };
    return { intercept, ranges, methods };
  };
  const bytes = randomBytes(20 * MIB);
  const digest = digestOf(bytes);
  const M = (many: number) => many * MIB;

  test('sends chunks as large as the registry wants them at least', async () => {
    const { intercept, ranges } = taking(M(12), (length) => length);
    await (await serve(intercept)).pushBlob('acme/web', digest, source(bytes));
    expect(ranges).toEqual([`0-${M(12) - 1}`, `${M(12)}-${M(20) - 1}`]);
  });

  test('does not hold as much in memory as a registry likes', async () => {
    const { intercept } = taking(M(1000), (length) => length);
    await expect((await serve(intercept)).pushBlob('acme/web', digest, source(bytes))).rejects.toMatchObject({
      code: 'registry_refused',
    });
  });

  test('goes on where the registry says that a chunk ended', async () => {
    const { intercept, ranges } = taking(undefined, (length) => Math.min(length, M(5)));
    const body = source(bytes);
    await (await serve(intercept)).pushBlob('acme/web', digest, body);
    expect(ranges).toEqual([
      `0-${M(8) - 1}`,
      `${M(5)}-${M(8) - 1}`,
      `${M(8)}-${M(16) - 1}`,
      `${M(13)}-${M(16) - 1}`,
      `${M(16)}-${M(20) - 1}`,
    ]);
    expect(body.opened).toBe(1);
  });

  test('asks how far it came after a break, and sends the rest alone', async () => {
    const { intercept, ranges, methods } = taking(undefined, (length) => length);
    let broken = false;
    const breaking: Intercept = (request, response, server) => {
      if (request.method !== 'PATCH' || broken || ranges.length === 0)
        return intercept(request, response, server);
      broken = true;
      // the server has had three megabytes of the second chunk, and nobody was told
      const headers = { 'content-range': `${M(8)}-${M(11) - 1}` };
      intercept(
        { method: 'PATCH', headers } as never,
        { writeHead: () => ({ end: () => undefined }) } as never,
        server,
      );
      request.socket.destroy();
      return true;
    };
    const body = source(bytes);
    await (await serve(breaking)).pushBlob('acme/web', digest, body);
    expect(ranges).toEqual([
      `0-${M(8) - 1}`,
      `${M(8)}-${M(11) - 1}`,
      `${M(11)}-${M(16) - 1}`,
      `${M(16)}-${M(20) - 1}`,
    ]);
    expect(methods.filter((method) => method === 'POST')).toHaveLength(1);
    expect(body.opened).toBe(1);
  });

  test.each([
    ['takes nothing', () => 0],
    ['claims more than it was sent', (length: number) => length + 1],
  ])('is given up on with a registry that %s', async (_, take) => {
    const { intercept, ranges } = taking(undefined, take);
    const pushing = (await serve(intercept)).pushBlob('acme/web', digest, source(bytes));
    await expect(pushing).rejects.toMatchObject({ code: 'registry_refused' });
    expect(ranges).toHaveLength(1);
  });

  test('a blob that another repository has is not sent, when the registry takes our word for where', async () => {
    const asked: string[] = [];
    const mounting: Intercept = ({ method, url }, response) => {
      asked.push(`${method} ${url}`);
      return reply(response, method === 'POST' ? 201 : 404);
    };
    const registry = await serve(mounting);
    await registry.pushBlob('acme/web', digest, source(bytes), { mountFrom: 'acme/base' });
    expect(asked).toEqual([
      `HEAD /v2/acme/web/blobs/${digest}`,
      `POST /v2/acme/web/blobs/uploads/?mount=${encodeURIComponent(digest)}&from=acme%2Fbase`,
    ]);
  });

  test('and is sent where it does not', async () => {
    const registry = openDistributionRegistry({ url: process.env.CERTUS_REGISTRY_URL ?? '' });
    const [from, to, bad] = ['a', 'b', 'c'].map(
      (each) => `test/mount-${each}-${randomBytes(4).toString('hex')}`,
    );
    const small = randomBytes(1000);
    await registry.pushBlob(from ?? '', digestOf(small), small);
    await registry.pushBlob(to ?? '', digestOf(small), small, { mountFrom: from });
    await registry.pushBlob(bad ?? '', digestOf(small), small, { mountFrom: 'test/there-is-none' });
    for (const each of [to, bad]) expect(await registry.hasBlob(each ?? '', digestOf(small))).toBe(true);
  });
});
