import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Fetching, fetchBytes } from '../../../services/fetch/fetch-bytes.ts';
import { FetchError } from '../../../services/fetch/fetch-error.ts';
import { postBytes } from '../../../services/fetch/post-bytes.ts';
import { httpServer, type Seen } from './http-server.ts';
import { tlsCertificate } from './tls-certificate.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
async function serve(answer: Parameters<typeof httpServer>[0]) {
  const server = await httpServer(answer);
  open.push(server);
  return server;
}
const LOCAL = { allowedHosts: ['127.0.0.1'], maxBytes: 1000 };
const faultOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof FetchError ? error.fault : String(error)),
  );
const fault = (url: string, more: Partial<Fetching> = {}) => faultOf(fetchBytes(url, { ...LOCAL, ...more }));

test('what lies there comes whole, and nothing of ours goes there', async () => {
  const server = await serve((_, response) => response.end('hello'));
  expect(Buffer.from(await fetchBytes(`${server.url}/a?b`, LOCAL)).toString()).toBe('hello');
  expect(server.seen).toHaveLength(1);
  expect(server.seen[0]?.path).toBe('/a?b');
  expect(Object.keys(server.seen[0]?.headers ?? {}).sort()).toEqual([
    'accept-encoding',
    'connection',
    'host',
    'user-agent',
  ]);
});

describe('an internal address', () => {
  test.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://10.0.0.1/',
    'https://100.64.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://[fd00:ec2::254]/',
    'https://localhost/',
  ])('is not called: %s', async (url) => {
    expect(await fault(url, { allowedHosts: [] })).toBe('not_allowed');
    expect(await faultOf(postBytes(url, Buffer.from(''), { allowedHosts: [], headers: {} }))).toBe(
      'not_allowed',
    );
  });

  test('hides behind no name, and not behind a public address of the same name', async () => {
    const resolve = async () => ['1.1.1.1', '10.0.0.1'];
    expect(await fault('https://both.example/', { allowedHosts: [], resolve })).toBe('not_allowed');
    expect(await fault('https://none.example/', { allowedHosts: [], resolve: async () => [] })).toBe(
      'unreachable',
    );
  });

  test('may be called where its host is allowed, by exactly this name', async () => {
    const server = await serve((_, response) => response.end());
    expect(await fault(`${server.url}/`)).toBe('none');
    expect(await fault(`${server.url}/`, { allowedHosts: ['*'] })).toBe('none');
    expect(await fault(`${server.url}/`, { allowedHosts: ['127.0.0.10', '0.0.1', ''] })).toBe('not_allowed');
  });
});

describe('a name', () => {
  test('is resolved once, and what it meant then is what is called', async () => {
    const server = await serve((_, response) => response.end('right'));
    let asked = 0;
    // a name that no resolver knows: only the pin leads anywhere
    const resolve = async () => {
      asked += 1;
      return ['127.0.0.1'];
    };
    const url = `http://rebinding.invalid:${server.port}/`;
    expect(
      Buffer.from(
        await fetchBytes(url, { ...LOCAL, allowedHosts: ['rebinding.invalid'], resolve }),
      ).toString(),
    ).toBe('right');
    expect(asked).toBe(1);
    expect(server.seen[0]?.headers.host).toBe(`rebinding.invalid:${server.port}`);
  });

  test('that nobody knows is unreachable', async () => {
    expect(await fault('https://no-such-host.invalid/')).toBe('unreachable');
  });
});

test.each([
  ['ftp://example.org/', 'malformed'],
  ['file:///etc/passwd', 'malformed'],
  ['not an address', 'malformed'],
  ['https://user:password@1.1.1.1/', 'malformed'],
  ['http://1.1.1.1/', 'not_allowed'],
])('%s is %s', async (url, expected) => {
  expect(await fault(url)).toBe(expected);
});

describe('a redirect', () => {
  const to =
    (location: string, status = 302) =>
    (_: Seen, response: import('node:http').ServerResponse) =>
      void response.writeHead(status, { location }).end('moved');

  test('is followed three times and not once more', async () => {
    const server = await serve(({ path }, response) => {
      const left = Number(path.slice(1));
      if (left === 0) response.end('there');
      else response.writeHead(307, { location: `${left - 1}` }).end();
    });
    expect(await fault(`${server.url}/3`)).toBe('none');
    expect(await fault(`${server.url}/4`)).toBe('refused');
  });

  test.each(['https://169.254.169.254/', 'http://10.0.0.1/', 'https://[::1]:1/', 'http://localhost:1/'])(
    'leads to no place that could not be asked for: %s',
    async (location) => {
      const server = await serve(to(location));
      expect(await fault(`${server.url}/`)).toBe('not_allowed');
    },
  );

  test.each(['file:///etc/passwd', 'https://u:p@1.1.1.1/', 'gopher://1.1.1.1/'])(
    'nor by another way: %s',
    async (location) => {
      expect(await fault(`${(await serve(to(location))).url}/`)).toBe('malformed');
    },
  );

  test('does not lead out of TLS, not even to a host that may be called without', async () => {
    const plain = await serve((_, response) => response.end('read by everybody'));
    const certificate = tlsCertificate('localhost');
    const known = getCACertificates();
    setDefaultCACertificates([...known, certificate.cert]);
    const secure = createServer(certificate, ({ url = '' }, response) => {
      if (url === '/') response.writeHead(302, { location: `${plain.url}/` }).end();
      else response.end();
    }).listen(0, '127.0.0.1');
    await once(secure, 'listening');
    const at = `https://localhost:${(secure.address() as AddressInfo).port}`;
    const reach = { allowedHosts: ['*'], resolve: async () => ['127.0.0.1'] };
    try {
      expect(await fault(`${at}/here`, reach)).toBe('none');
      expect(await fault(`${at}/`, reach)).toBe('not_allowed');
      expect(plain.seen).toEqual([]);
    } finally {
      setDefaultCACertificates(known);
      secure.close();
    }
  });

  test('to nowhere is refused', async () => {
    expect(await fault(`${(await serve((_, response) => void response.writeHead(302).end())).url}/`)).toBe(
      'refused',
    );
  });

  test('takes nothing along that was posted', async () => {
    const inside = await serve((_, response) => response.end());
    const outside = await serve(to(`${inside.url}/`, 307));
    const answer = await postBytes(`${outside.url}/`, Buffer.from('secret'), {
      allowedHosts: ['*'],
      headers: {},
    });
    expect(answer.status).toBe(307);
    expect(inside.seen).toEqual([]);
  });
});

describe('an answer', () => {
  test.each([
    [404, 'refused'],
    [403, 'refused'],
    [204, 'refused'],
    [429, 'unreachable'],
    [500, 'unreachable'],
    [503, 'unreachable'],
  ])('%i is %s', async (status, expected) => {
    const server = await serve((_, response) => void response.writeHead(status).end());
    expect(await fault(`${server.url}/`)).toBe(expected);
  });

  test('larger than allowed is cut off, whatever it says of its size', async () => {
    const server = await serve(({ path }, response) => void response.end('x'.repeat(Number(path.slice(1)))));
    expect(await fault(`${server.url}/1000`)).toBe('none');
    expect(await fault(`${server.url}/1001`)).toBe('too_large');
    const endless = await serve((_, response) => {
      const more = () => {
        if (!response.destroyed) response.write('x'.repeat(500), () => setImmediate(more));
      };
      more();
    });
    expect(await fault(`${endless.url}/`)).toBe('too_large');
  });

  test('that is compressed is refused', async () => {
    const server = await serve(
      (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
    );
    expect(await fault(`${server.url}/`)).toBe('refused');
  });

  test('that never comes is given up', async () => {
    const server = await serve(() => undefined);
    expect(await fault(`${server.url}/`, { maxMilliseconds: 50 })).toBe('unreachable');
    expect(
      await fault('https://slow.invalid/', {
        maxMilliseconds: 50,
        resolve: () => new Promise(() => undefined),
      }),
    ).toBe('unreachable');
  });

  test('is not waited for by who has given up', async () => {
    const giveUp = new AbortController();
    const server = await serve(() => giveUp.abort(new Error('enough')));
    expect(await fault(`${server.url}/`, { signal: giveUp.signal })).toBe('Error: enough');
  });

  test('to a post is its status, and its text is not read', async () => {
    const server = await serve(
      (_, response) => void response.writeHead(429, { 'retry-after': '7' }).end('x'.repeat(1e6)),
    );
    const sent = await postBytes(`${server.url}/hook`, Buffer.from('{}'), {
      ...LOCAL,
      headers: { 'content-type': 'application/json' },
    });
    expect(sent).toEqual({ status: 429, retryAfter: '7' });
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
  });
});

test('what is said of a failure holds nothing of the address but its host', async () => {
  const server = await serve((_, response) => void response.writeHead(403).end());
  for (const url of [
    `${server.url}/T0/SECRET?SECRET`,
    'http://127.0.0.1:1/SECRET',
    'https://10.0.0.1/SECRET',
  ])
    await expect(fetchBytes(url, LOCAL)).rejects.toThrow(/^(?!.*SECRET)/);
});
