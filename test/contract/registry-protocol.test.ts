import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { pullArtifact, pushArtifact } from '../../services/registry/artifact.ts';
import {
  type DistributionOptions,
  openDistributionRegistry,
} from '../../services/registry/distribution-registry.ts';
import { type Intercept, type RegistryServer, reply, startRegistryServer } from './registry-server.ts';

const BASIC = `Basic ${Buffer.from('certus:s3cret').toString('base64')}`;
const CREDENTIALS = { username: 'certus', password: 's3cret' };
const bytes = Buffer.from('evidence');
const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const servers: RegistryServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
const serve = async (intercept?: Intercept): Promise<RegistryServer> => {
  const server = await startRegistryServer(intercept);
  servers.push(server);
  return server;
};

/** Waits are asked for and not sat through. */
const open = (url: string, more: Partial<DistributionOptions> = {}) => {
  const waits: number[] = [];
  const wait = async (ms: number) => {
    waits.push(ms);
  };
  return { registry: openDistributionRegistry({ url, wait, ...more }), waits };
};
const artifact = {
  repository: 'acme/web',
  tag: 'v1',
  artifactType: 'application/vnd.certus.test',
  files: [{ name: 'x', mediaType: 'text/plain', bytes }],
};

test('the server of these tests is a registry', async () => {
  const server = await serve();
  const { registry, waits } = open(server.url);
  const { digest: pushed } = await pushArtifact(registry, artifact);
  expect(await pullArtifact(registry, 'acme/web', 'v1')).toMatchObject({ digest: pushed });
  expect(await registry.tags('acme/web')).toEqual(['v1']);
  expect(waits).toEqual([]);
  expect(server.seen.every(({ authorization }) => authorization === undefined)).toBe(true);
});

describe('signing in', () => {
  const basicOnly: Intercept = ({ headers }, response) =>
    headers.authorization === BASIC
      ? false
      : reply(response, 401, { 'www-authenticate': 'Basic realm="here"' });

  test('with a name and a password, once asked for', async () => {
    const server = await serve(basicOnly);
    await pushArtifact(open(server.url, CREDENTIALS).registry, artifact);
    expect(server.seen.filter(({ authorization }) => authorization === undefined).length).toBeLessThan(5);
    expect(server.blobs.has(digest)).toBe(true);
  });

  test('without, or with wrong ones, is refused and not tried again', async () => {
    const server = await serve(basicOnly);
    for (const more of [{}, { username: 'certus', password: 'wrong' }]) {
      const { registry, waits } = open(server.url, more);
      await expect(registry.ping()).rejects.toMatchObject({ code: 'registry_refused', retryable: false });
      expect(waits).toEqual([]);
    }
  });

  /** Tokens are good for exactly the scope they were given for, as they should be. */
  const withTokens =
    (
      realm: (own: RegistryServer) => string,
      token = (scope: string) => scope.replace(/[^a-z]/g, '-'),
    ): Intercept =>
    (request, response, server) => {
      const url = new URL(request.url ?? '', server.url);
      if (url.pathname === '/token') {
        const scope = url.searchParams.get('scope') ?? '';
        return reply(response, 200, {}, JSON.stringify({ token: token(scope), expires_in: 300 }));
      }
      const need =
        request.method === 'GET' || request.method === 'HEAD' ? ['pull', 'pull-push'] : ['pull-push'];
      if (need.some((actions) => request.headers.authorization === `Bearer repository-acme-web-${actions}`))
        return false;
      const challenge = `Bearer realm="${realm(server)}",service="a, \\"b\\"",scope="repository:other:*"`;
      return reply(response, 401, { 'www-authenticate': `Negotiate, ${challenge}` });
    };
  const own = ({ url }: RegistryServer) => `${url}/token?account=x`;

  test('by a token, asked for once a scope and no wider than needed', async () => {
    const server = await serve(withTokens(own));
    const { registry } = open(server.url, CREDENTIALS);
    await pushArtifact(registry, artifact);
    await pullArtifact(registry, 'acme/web', 'v1');
    const asked = server.seen.filter(({ path }) => path.startsWith('/token'));
    expect(asked.map(({ path }) => new URL(path, server.url).searchParams.get('scope'))).toEqual([
      'repository:acme/web:pull',
      'repository:acme/web:pull,push',
    ]);
    expect(asked.map(({ path }) => new URL(path, server.url).searchParams.get('service'))).toEqual([
      'a, "b"',
      'a, "b"',
    ]);
    expect(asked.every(({ authorization }) => authorization === BASIC)).toBe(true);
    const others = server.seen.filter(({ path }) => !path.startsWith('/token'));
    expect(others.some(({ authorization }) => authorization === BASIC)).toBe(false);
  });

  test('by a token without credentials of our own', async () => {
    const server = await serve(withTokens(own));
    await pushArtifact(open(server.url).registry, artifact);
    expect(server.seen.some(({ authorization }) => authorization?.startsWith('Basic'))).toBe(false);
  });

  test.each([
    ['over plain http elsewhere', 'http://tokens.example/token'],
    ['that is no address', 'token'],
    ['with credentials of its own', 'https://a:b@tokens.example/'],
    ['of another kind', 'file:///etc/passwd'],
  ])('a token server %s is not asked', async (_name, realm) => {
    const server = await serve(withTokens(() => realm));
    const { registry, waits } = open(server.url, CREDENTIALS);
    await expect(registry.hasBlob('acme/web', digest)).rejects.toMatchObject({
      code: 'registry_refused',
      message: expect.stringContaining('not reached over https'),
    });
    expect(waits).toEqual([]);
  });

  test('a token that would end its header is refused', async () => {
    const server = await serve(withTokens(own, () => 'x\r\nx-evil: 1'));
    await expect(open(server.url).registry.hasBlob('acme/web', digest)).rejects.toMatchObject({
      code: 'registry_refused',
    });
  });

  test('a token that does not help is asked for once, not for ever', async () => {
    const server = await serve(withTokens(own, () => 'useless'));
    await expect(open(server.url).registry.hasBlob('acme/web', digest)).rejects.toMatchObject({
      code: 'registry_refused',
    });
    expect(server.seen).toHaveLength(3);
  });

  test('credentials are not configured for a registry that others can listen to', () => {
    const url = 'http://registry.example:5000';
    const invalid = expect.objectContaining({ code: 'invalid_request' });
    expect(() => open(url, CREDENTIALS)).toThrow(invalid);
    expect(() => open(url, { ...CREDENTIALS, insecure: true })).not.toThrow();
    expect(() => open(url)).not.toThrow();
    expect(() => open('https://registry.example', { username: 'x' })).toThrow(invalid);
    expect(() => open('https://registry.example', { username: 'a:b', password: 'x' })).toThrow(invalid);
  });
});

describe('another host', () => {
  const asks: Intercept = ({ headers }, response) =>
    headers.authorization === BASIC
      ? false
      : reply(response, 401, { 'www-authenticate': 'Basic realm="here"' });

  test('named for an upload gets the blob and no credentials', async () => {
    const storage = await serve();
    const server = await serve((request, response, self) => {
      if (asks(request, response, self)) return true;
      return request.method === 'POST'
        ? reply(response, 202, { location: `${storage.url}/v2/acme/web/blobs/u?x=1` })
        : false;
    });
    await open(server.url, CREDENTIALS).registry.pushBlob('acme/web', digest, bytes);
    expect(storage.blobs.get(digest)).toEqual(bytes);
    expect(storage.seen).toEqual([
      {
        method: 'PUT',
        path: `/v2/acme/web/blobs/u?x=1&digest=${encodeURIComponent(digest)}`,
        authorization: undefined,
      },
    ]);
  });

  test('that asks for credentials gets none', async () => {
    const storage = await serve(asks);
    const server = await serve((request, response, self) => {
      if (asks(request, response, self)) return true;
      return request.method === 'POST' ? reply(response, 202, { location: `${storage.url}/u` }) : false;
    });
    const pushing = open(server.url, CREDENTIALS).registry.pushBlob('acme/web', digest, bytes);
    await expect(pushing).rejects.toMatchObject({ code: 'registry_refused' });
    expect(storage.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  test('named for a download is followed without credentials, and its bytes are checked', async () => {
    let served = bytes;
    const storage = await serve((_request, response) => reply(response, 200, {}, served));
    const server = await serve((request, response, self) => {
      if (asks(request, response, self)) return true;
      return reply(response, 307, { location: `${storage.url}/blob` });
    });
    const { registry } = open(server.url, CREDENTIALS);
    expect(await registry.pullBlob('acme/web', digest)).toEqual(bytes);
    served = Buffer.from('swapped!');
    await expect(registry.pullBlob('acme/web', digest)).rejects.toMatchObject({ code: 'digest_mismatch' });
    expect(storage.seen.some(({ authorization }) => authorization !== undefined)).toBe(false);
  });

  test.each([
    'http://elsewhere.example/x',
    'file:///etc/passwd',
    'ftp://x/',
    'https://a:b@elsewhere.example/',
  ])('at %s is not visited', async (location) => {
    const server = await serve((_request, response) => reply(response, 302, { location }));
    await expect(open(server.url).registry.pullBlob('acme/web', digest)).rejects.toMatchObject({
      code: 'registry_refused',
      message: expect.stringContaining('not safe'),
    });
    expect(server.seen).toHaveLength(1);
  });

  test('redirects have an end', async () => {
    const server = await serve((_request, response) => reply(response, 302, { location: '/again' }));
    await expect(open(server.url).registry.pullBlob('acme/web', digest)).rejects.toMatchObject({
      code: 'registry_refused',
    });
    expect(server.seen).toHaveLength(6);
  });
});

describe('a registry that is busy', () => {
  /** Answers like this the first times, and then as it should. */
  const first = (times: number, status: number, headers: Record<string, string> = {}): Intercept => {
    let left = times;
    return (_request, response) => {
      left -= 1;
      return (
        left >= 0 &&
        reply(response, status, headers, '{"errors":[{"code":"TOOMANY","message":"later\\nplease"}]}')
      );
    };
  };

  test('is asked again after as long as it says', async () => {
    const server = await serve(first(2, 429, { 'retry-after': '7' }));
    const { registry, waits } = open(server.url);
    await registry.pushBlob('acme/web', digest, bytes);
    expect(waits).toEqual([7000, 7000]);
    expect(server.blobs.has(digest)).toBe(true);
  });

  test('may give a date, and is not waited for longer than is sensible', async () => {
    for (const value of [new Date(Date.now() + 3_600_000).toUTCString(), '999999']) {
      const server = await serve(first(1, 429, { 'retry-after': value }));
      const { registry, waits } = open(server.url);
      await registry.ping();
      expect(waits).toEqual([30_000]);
    }
  });

  test.each([500, 502, 503, 504])('with %i is asked again, further and further apart', async (status) => {
    const server = await serve(first(3, status));
    const { registry, waits } = open(server.url);
    await registry.ping();
    expect(waits).toHaveLength(3);
    for (const [n, ms] of waits.entries()) {
      expect(ms).toBeGreaterThanOrEqual(100 * 2 ** n);
      expect(ms).toBeLessThanOrEqual(300 * 2 ** n);
    }
  });

  test('for ever is given up on, in words that fit one line', async () => {
    const server = await serve(first(100, 503));
    const { registry, waits } = open(server.url);
    await expect(registry.ping()).rejects.toMatchObject({
      code: 'dependency_unavailable',
      retryable: true,
      message: expect.stringMatching(/answers 503 to GET .*: TOOMANY later please$/),
    });
    expect(waits).toHaveLength(4);
    expect(server.seen).toHaveLength(5);
  });

  test.each([400, 403, 405, 501])('with %i means it, and is not asked again', async (status) => {
    const server = await serve(first(1, status));
    const { registry, waits } = open(server.url);
    await expect(registry.ping()).rejects.toMatchObject({ code: 'registry_refused', retryable: false });
    expect(waits).toEqual([]);
  });

  test('in the middle of an upload gets a new upload', async () => {
    let puts = 0;
    const server = await serve((request, response) => {
      if (request.method !== 'PUT') return false;
      puts += 1;
      if (puts === 1) request.socket.destroy();
      else if (puts === 2) reply(response, 404);
      return puts < 3;
    });
    await open(server.url).registry.pushBlob('acme/web', digest, bytes);
    // an answer that got lost may have been a yes: it is asked for before the blob is sent again
    const attempt = ['HEAD', 'POST', 'PUT'];
    expect(server.seen.map(({ method }) => method)).toEqual([...attempt, ...attempt, ...attempt]);
    expect(server.blobs.get(digest)).toEqual(bytes);
  });

  test('is unavailable when nobody listens or it does not speak HTTP', async () => {
    const server = await serve();
    await server.close();
    servers.pop();
    const { registry, waits } = open(server.url);
    await expect(registry.ping()).rejects.toMatchObject({ code: 'dependency_unavailable' });
    expect(waits).toHaveLength(4);
    const garbled = await serve((request) => request.socket.end('hello\r\n\r\n') !== undefined);
    await expect(open(garbled.url).registry.ping()).rejects.toMatchObject({ code: 'dependency_unavailable' });
  });

  test('and hangs up half way through a blob is asked again', async () => {
    let answers = 0;
    const server = await serve((_request, response) => {
      answers += 1;
      response.writeHead(200, { 'content-length': bytes.length });
      if (answers > 1) response.end(bytes);
      else response.write(bytes.subarray(0, 3), () => response.destroy());
      return true;
    });
    expect(await open(server.url).registry.pullBlob('acme/web', digest)).toEqual(bytes);
    expect(answers).toBe(2);
  });
});

describe('a registry that lies', () => {
  const huge = (_request: unknown, response: Parameters<Intercept>[1]) => {
    const more = () => {
      while (response.write(Buffer.alloc(64 * 1024, 0x20)));
      response.once('drain', more);
    };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.on('error', () => undefined);
    more();
    return true;
  };

  test('with answers without an end is cut off', async () => {
    const server = await serve(huge);
    const { registry } = open(server.url);
    const refusal = { code: 'object_too_large' };
    await expect(registry.pullManifest('acme/web', 'v1')).rejects.toMatchObject(refusal);
    await expect(registry.tags('acme/web')).rejects.toMatchObject(refusal);
    await expect(registry.pullBlob('acme/web', digest, 1000)).rejects.toMatchObject(refusal);
    await expect(registry.ping()).rejects.toMatchObject(refusal);
  });

  test('about a digest is caught', async () => {
    const other = `sha256:${'0'.repeat(64)}`;
    const server = await serve((request, response) => {
      if (request.method === 'POST' || request.method === 'HEAD') return false;
      return reply(
        response,
        request.method === 'PUT' ? 201 : 200,
        { 'docker-content-digest': other },
        '{"schemaVersion":2}',
      );
    });
    const { registry } = open(server.url);
    const refusal = { code: 'digest_mismatch' };
    const manifest = Buffer.from('{"schemaVersion":2}');
    await expect(registry.pullManifest('acme/web', 'v1')).rejects.toMatchObject(refusal);
    await expect(registry.pullManifest('acme/web', digest)).rejects.toMatchObject(refusal);
    await expect(registry.pullBlob('acme/web', digest)).rejects.toMatchObject(refusal);
    await expect(registry.pushBlob('acme/web', digest, bytes)).rejects.toMatchObject(refusal);
    await expect(registry.pushManifest('acme/web', manifest, 'a/b', 'v1')).rejects.toMatchObject(refusal);
  });

  test.each(['', 'not json', '[]', '{"tags":"x"}', '{"tags":[1]}'])(
    '%j is not a list of tags',
    async (body) => {
      const server = await serve((_request, response) => reply(response, 200, {}, body));
      await expect(open(server.url).registry.tags('acme/web')).rejects.toMatchObject({
        code: 'registry_refused',
      });
    },
  );

  test('names in a list of tags that are none are left out', async () => {
    const body = JSON.stringify({ tags: ['v1', '../x', 'a b', '', 'v1'] });
    const server = await serve((_request, response) => reply(response, 200, {}, body));
    expect(await open(server.url).registry.tags('acme/web')).toEqual(['v1']);
  });
});

describe('a list of tags in pages', () => {
  const pages =
    (link: (page: number, own: RegistryServer) => string | undefined): Intercept =>
    (request, response, server) => {
      const page = Number(new URL(request.url ?? '', server.url).searchParams.get('page') ?? 0);
      const next = link(page, server);
      const headers: Record<string, string> = next === undefined ? {} : { link: `<${next}>; rel="next"` };
      return reply(response, 200, headers, JSON.stringify({ tags: [`t${page}`] }));
    };

  test('is followed to its end, by relative and absolute links', async () => {
    const relative = await serve(
      pages((page) => (page < 4 ? `/v2/acme/web/tags/list?page=${page + 1}` : undefined)),
    );
    const absolute = await serve(
      pages((page, { url }) => (page < 2 ? `${url}/v2/acme/web/tags/list?page=${page + 1}` : undefined)),
    );
    expect(await open(relative.url).registry.tags('acme/web')).toEqual(['t0', 't1', 't2', 't3', 't4']);
    expect(await open(absolute.url).registry.tags('acme/web')).toEqual(['t0', 't1', 't2']);
  });

  test('does not lead to another host, nor round in circles', async () => {
    const elsewhere = await serve();
    const leaving = await serve(pages(() => `${elsewhere.url}/v2/acme/web/tags/list`));
    await expect(open(leaving.url).registry.tags('acme/web')).rejects.toMatchObject({
      code: 'registry_refused',
    });
    expect(elsewhere.seen).toEqual([]);
    const circle = await serve(pages(() => '/v2/acme/web/tags/list?page=0'));
    await expect(open(circle.url).registry.tags('acme/web')).rejects.toMatchObject({
      code: 'registry_refused',
    });
  });
});

test('a registry that lists referrers itself is spared the fallback', async () => {
  const subject = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 1 };
  const lists = await serve((request, response, server) => {
    if (request.method !== 'PUT' || !request.url?.includes('/manifests/')) return false;
    server.tags.set(request.url.split('/').at(-1) ?? '', digest);
    return reply(response, 201, { 'oci-subject': digest });
  });
  const plain = await serve();
  for (const { url } of [lists, plain]) await pushArtifact(open(url).registry, { ...artifact, subject });
  expect([...lists.tags.keys()]).toEqual(['v1']);
  expect([...plain.tags.keys()]).toEqual(['v1', digest.replace(':', '-')]);
});

test.each([400, 405])(
  'a registry that answers %i to deleting says so, and goes on serving',
  async (status) => {
    const server = await serve(({ method }, response) => method === 'DELETE' && reply(response, status));
    const { registry, waits } = open(server.url);
    await pushArtifact(registry, artifact);
    expect(await registry.withdraw('acme/web', 'v1')).toBe('forbidden');
    expect(await registry.tags('acme/web')).toEqual(['v1']);
    expect(waits).toEqual([]);
  },
);

test('a registry that may not be asked to delete is an error, and not one that forbids it', async () => {
  const server = await serve(({ method }, response) => method === 'DELETE' && reply(response, 403));
  const { registry } = open(server.url);
  await pushArtifact(registry, artifact);
  await expect(registry.withdraw('acme/web', 'v1')).rejects.toMatchObject({ code: 'registry_refused' });
});
