import { rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { pageAddress } from '../../../services/web/address.ts';
import { directives, readPageHead } from '../../../services/web/page-head.ts';
import { temporaryFolder } from '../scan/sources.ts';
import { site } from './site.ts';
import { codeOf, depsIn, listAll, open, signal, textOf } from './sources.ts';

const folder = temporaryFolder('pages');
const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of closing.splice(0)) await server.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const serve = async (pages: Parameters<typeof site>[0]) => {
  const server = await site(pages);
  closing.push(server);
  return server;
};
const from = (urls: readonly string[], web = {}) => open({ kind: 'web', urls }, depsIn({ folder, web }));
const read = async (url: string, web = {}, known?: string) => {
  const connector = from([url], web);
  const { items } = await listAll(() => connector);
  return textOf(connector, items[0], known);
};
const code = (url: string, web = {}) => codeOf(read(url, web));

describe('a page', () => {
  test('is fetched when its turn comes, and listed without a word to anybody', async () => {
    const { url, seen } = await serve({ '/a': 'hello', '/b': 'there' });
    const { items, keys } = await listAll(() => from([`${url}/a#top`, `${url}/a?utm_source=x`, `${url}/b`]), {
      limit: 1,
    });
    expect(keys).toEqual([`${url}/a`, `${url}/b`]);
    expect(seen).toEqual([]);
    expect(await textOf(from([`${url}/a`]), items[0])).toBe('hello');
    expect(seen.map(({ path }) => path)).toEqual(['/robots.txt', '/a']);
    expect(seen.every(({ headers }) => headers['user-agent'] === 'certus')).toBe(true);
  });

  test('is asked for by the version that is known, and not read again', async () => {
    const { url, seen } = await serve({
      '/tagged': (_, headers) =>
        headers['if-none-match'] === '"v1"' ? { status: 304 } : { headers: { etag: '"v1"' }, body: 'one' },
      '/dated': (_, headers) =>
        headers['if-modified-since'] === 'Mon, 01 Jun 2026 12:00:00 GMT'
          ? { status: 304 }
          : { headers: { 'last-modified': 'Mon, 01 Jun 2026 12:00:00 GMT' }, body: 'two' },
      '/mute': 'three',
    });
    for (const path of ['/tagged', '/dated', '/mute']) {
      const connector = from([`${url}${path}`]);
      const [item] = (await listAll(() => connector)).items;
      if (item === undefined) throw new Error('no item');
      const fetched = await connector.fetch(item, { known: undefined, maxBytes: 1000, signal });
      expect(fetched?.version).toBeTruthy();
      expect(await textOf(connector, item, fetched?.version)).toBeNull();
    }
    expect(seen.at(-1)?.headers['if-none-match']).toBeUndefined();
    expect(await read(`${url}/tagged`, {}, 'no version of ours')).toBe('one');
  });

  test('comes packed by a server that does not ask, and not as a bomb', async () => {
    const packed = (body: Buffer) => ({ headers: { 'content-encoding': 'gzip' }, body });
    const { url } = await serve({
      '/packed': packed(gzipSync('plain again')),
      '/bomb': packed(gzipSync(Buffer.alloc(50 * 1024 * 1024))),
      '/broken': packed(Buffer.from('no gzip')),
      '/odd': { headers: { 'content-encoding': 'zstd' }, body: 'x' },
    });
    expect(await read(`${url}/packed`)).toBe('plain again');
    expect(await code(`${url}/bomb`)).toBe('item_too_large');
    expect(await code(`${url}/broken`)).toBe('item_unreadable');
    expect(await code(`${url}/odd`)).toBe('item_unreadable');
  });

  test.each([
    ['is gone', { status: 404 }, 'item_gone'],
    ['was taken away', { status: 410 }, 'item_gone'],
    ['wants a password', { status: 401 }, 'source_not_allowed'],
    ['is a picture', { headers: { 'content-type': 'image/png' }, body: 'png' }, 'unsupported_media_type'],
    [
      'says that it is not to be found',
      { body: '<meta name="Robots" content="noindex, follow">' },
      'indexing_refused',
    ],
    ['says so in its head', { headers: { 'x-robots-tag': 'noindex' } }, 'indexing_refused'],
    ['is for nobody else', { headers: { 'x-robots-tag': 'otherbot: noindex' }, body: 'x' }, 'none'],
    ['is broken for now', { status: 500 }, 'source_unreachable'],
    ['is answered strangely', { status: 206 }, 'item_unreadable'],
    ['redirects to nowhere', { status: 302 }, 'item_unreadable'],
    ['is longer than it may be', { body: 'x'.repeat(1024 * 1024 + 1) }, 'item_too_large'],
  ])('that %s has its code', async (_, page, expected) => {
    const { url } = await serve({ '/x': page });
    expect(await code(`${url}/x`)).toBe(expected);
  });

  test('that breaks off, or never ends, has its code too', async () => {
    const { url } = await serve({
      '/short': (_, __, response) => {
        response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '100' });
        response.write('only this');
        setImmediate(() => response.destroy());
        return undefined;
      },
      '/slow': (_, __, response) => {
        response.writeHead(200, { 'content-type': 'text/plain' }).write('a');
        const drip = setInterval(() => response.write('a'), 20);
        response.on('close', () => clearInterval(drip));
        return undefined;
      },
      '/endless': (_, __, response) => {
        response.writeHead(200, { 'content-type': 'text/plain' });
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
        return undefined;
      },
    });
    expect(await code(`${url}/short`)).toBe('source_unreachable');
    expect(await code(`${url}/slow`, { patienceMs: 300 })).toBe('source_unreachable');
    expect(await code(`${url}/endless`)).toBe('item_too_large');
  });
});

describe('robots.txt', () => {
  const withRobots = (robots: Parameters<typeof site>[0][string]) =>
    serve({ '/robots.txt': robots, '/a': 'a', '/b': 'b' });

  test('is asked once and obeyed', async () => {
    const { url, paths } = await withRobots('User-agent: *\nDisallow: /a\n');
    const deps = depsIn({ folder });
    const connector = open({ kind: 'web', urls: [`${url}/a`, `${url}/b`] }, deps);
    const { items } = await listAll(() => connector);
    expect(await codeOf(textOf(connector, items[0]))).toBe('robots_disallowed');
    expect(await textOf(connector, items[1])).toBe('b');
    expect(paths()).toEqual(['/robots.txt', '/b']);
  });

  test('may speak to us alone', async () => {
    const { url } = await withRobots('User-agent: certus\nDisallow: /a\n\nUser-agent: *\nDisallow: /b\n');
    expect([await code(`${url}/a`), await code(`${url}/b`)]).toEqual(['robots_disallowed', 'none']);
  });

  test.each([500, 503, 429])('that cannot be read for now (%s) keeps us out', async (status) => {
    const { url, paths } = await withRobots({ status });
    expect(await code(`${url}/a`)).toBe('robots_unavailable');
    expect(paths()).toEqual(['/robots.txt']);
  });

  test.each([404, 403])('that is not there (%s) forbids nothing', async (status) => {
    const { url } = await withRobots({ status });
    expect(await code(`${url}/a`)).toBe('none');
  });

  test('is waited for by everybody: who gives up takes it from nobody', async () => {
    const { url } = await withRobots((_, __, response) => {
      setTimeout(() => response.writeHead(200).end(), 100);
      return undefined;
    });
    const connector = from([`${url}/a`, `${url}/b`]);
    const { items } = await listAll(() => connector);
    const [first, second] = items;
    const giveUp = new AbortController();
    const left = connector.fetch(first as never, { known: undefined, maxBytes: 100, signal: giveUp.signal });
    const stays = textOf(connector, second);
    giveUp.abort();
    expect(await codeOf(left)).not.toBe('none');
    expect(await stays).toBe('b');
  });

  test('is asked for where a redirect leads as well', async () => {
    const to = await withRobots('User-agent: *\nDisallow: /a\n');
    const { url } = await serve({ '/x': { status: 302, headers: { location: `${to.url}/a` } } });
    expect(await code(`${url}/x`)).toBe('robots_disallowed');
  });
});

describe('politeness', () => {
  /** Time that passes only while somebody waits for it. */
  function clock() {
    let at = 1_000_000;
    const waits: number[] = [];
    const sleep = async (milliseconds: number) => {
      waits.push(milliseconds);
      at += milliseconds;
    };
    return { waits, web: { pauseMs: 100, now: () => at, sleep } };
  }

  test('is one request at a time, and a pause', async () => {
    let [running, most] = [0, 0];
    const { url } = await serve({
      '*': (_, __, response) => {
        running += 1;
        most = Math.max(most, running);
        setImmediate(() => {
          running -= 1;
          response.writeHead(200, { 'content-type': 'text/plain' }).end('x');
        });
        return undefined;
      },
    });
    const { waits, web } = clock();
    const connector = from(
      Array.from({ length: 6 }, (_, at) => `${url}/${at}`),
      web,
    );
    const { items } = await listAll(() => connector);
    await Promise.all(items.map((item) => textOf(connector, item)));
    expect(most).toBe(1);
    // after robots.txt and after each page but the last one
    expect(waits).toEqual([100, 100, 100, 100, 100, 100]);
  });

  test('is what robots.txt says, as long as that is bearable', async () => {
    const asking = async (delay: string) => {
      const { url } = await serve({
        '/robots.txt': `User-agent: *\nCrawl-delay: ${delay}\n`,
        '/a': 'a',
        '/b': 'b',
      });
      const { waits, web } = clock();
      const connector = from([`${url}/a`, `${url}/b`], web);
      const { items } = await listAll(() => connector);
      for (const item of items) await textOf(connector, item);
      return waits.at(-1);
    };
    expect([await asking('3'), await asking('100000'), await asking('-1')]).toEqual([3000, 30_000, 100]);
  });

  test('waits for as long as a busy site wants, and not for ever', async () => {
    const busy = async (retryAfter: string) => {
      let asked = 0;
      const { url } = await serve({
        '/a': () => {
          asked += 1;
          return asked === 1 ? { status: 429, headers: { 'retry-after': retryAfter } } : 'there';
        },
      });
      const { waits, web } = clock();
      return [await code(`${url}/a`, web), waits.includes(Number(retryAfter) * 1000)];
    };
    expect(await busy('7')).toEqual(['none', true]);
    expect(await busy('86400')).toEqual(['source_unreachable', false]);
  });
});

describe('a site that wants to be left alone for long', () => {
  test('is, by whoever would ask it next, and until then only', async () => {
    let at = 1_000_000;
    const { url, paths } = await serve({
      '/a': { status: 503, headers: { 'retry-after': '3600' } },
      '/b': 'b',
    });
    const connector = from([`${url}/a`, `${url}/b`], { now: () => at });
    const { items } = await listAll(() => connector);
    for (const item of [items[0], items[0], items[1]])
      expect(await codeOf(textOf(connector, item))).toBe('source_unreachable');
    expect(paths()).toEqual(['/robots.txt', '/a']);
    at += 3_600_001;
    expect(await textOf(connector, items[1])).toBe('b');
  });
});

describe('an internal address', () => {
  test.each([
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]/',
    'http://localhost/',
    'http://2130706433/',
  ])('is not asked: %s', async (url) => {
    expect(await code(url, { allowedHosts: [] })).toBe('source_not_allowed');
  });

  test('is not reached by a redirect, nor by a name that is public as well', async () => {
    const inner = await serve({ '/': 'secret' });
    const { url, port } = await serve({
      '/away': { status: 302, headers: { location: 'http://169.254.169.254/latest/meta-data/' } },
      '/inner': { status: 301, headers: { location: `http://localhost:${inner.port}/` } },
    });
    expect(await code(`${url}/away`)).toBe('source_not_allowed');
    expect(await code(`${url}/inner`)).toBe('source_not_allowed');
    const resolve = async () => ['93.184.216.34', '127.0.0.1'];
    const both = { allowedHosts: [], resolve, pauseMs: 0 };
    expect(await code(`http://both.invalid:${port}/`, both)).toBe('source_not_allowed');
    expect(inner.seen).toEqual([]);
  });

  test('redirects that go in circles end', async () => {
    const { url, seen } = await serve({
      '/a': { status: 302, headers: { location: '/b' } },
      '/b': { status: 302, headers: { location: '/a' } },
    });
    expect(await code(`${url}/a`)).toBe('item_unreadable');
    expect(seen.length).toBeLessThan(10);
  });
});

describe('an address', () => {
  test.each([
    ['https://Example.org:443/a/../b#c', 'https://example.org/b'],
    ['https://example.org/?', 'https://example.org/'],
    ['https://example.org/a?utm_source=x&id=1&gclid=y', 'https://example.org/a?id=1'],
    ['https://example.org/%7euser/%c3%a4', 'https://example.org/~user/%C3%A4'],
    ['https://user:password@example.org/', undefined],
    ['ftp://example.org/', undefined],
    ['javascript:alert(1)', undefined],
    [`https://example.org/${'a'.repeat(3000)}`, undefined],
  ])('%s is %s', (given, expected) => {
    expect(pageAddress(given)?.href).toBe(expected);
  });

  test('with a password in it is told without', async () => {
    const { lost } = await listAll(() => from(['https://me:hidden@example.org/']));
    expect(lost).toEqual(['invalid_request https://example.org/']);
  });
});

describe('the head of a page', () => {
  const head = (html: string, robots: string[] = []) =>
    readPageHead(Buffer.from(html), { address: new URL('https://example.org/d/'), charset: 'utf-8', robots });

  test('leads to where its links lead', () => {
    const { links, canonical } = head(
      '<base href="/base/"><link rel="Canonical" href="c"><a href="a">x</a><a rel="external nofollow" href="no">x</a>' +
        '<a href="mailto:a@b.c">x</a><area href="https://other.org/#x"><a href=" ../up ">x</a><script><a href="s"></script>',
    );
    expect(links.map(({ href }) => href)).toEqual([
      'https://example.org/base/a',
      'https://other.org/',
      'https://example.org/up',
    ]);
    expect(canonical?.href).toBe('https://example.org/base/c');
  });

  test('of a page that is made to keep its reader busy comes to an end', () => {
    const deep = head(`${'<div>'.repeat(500_000)}${'</b>'.repeat(500_000)}<a href="x">`);
    expect(deep.links).toEqual([]);
    expect(head('<a href="x">'.repeat(100_000)).links).toHaveLength(1);
    expect(
      head(Array.from({ length: 20_000 }, (_, at) => `<a href="${at}"></a>`).join('')).links,
    ).toHaveLength(5000);
  });

  test('is told to robots in words and for some of them', () => {
    expect(directives('noindex, nofollow')).toEqual(['noindex', 'nofollow']);
    expect(directives('certus: noindex')).toEqual(['noindex']);
    expect(directives('otherbot: noindex')).toEqual([]);
    expect(head('<meta name="certus" content="none">')).toMatchObject({ noIndex: true, noFollow: true });
    expect(
      readPageHead(Buffer.from('<a href=x>'), {
        address: new URL('https://a.b/'),
        charset: 'no-such',
        robots: [],
      }).links,
    ).toHaveLength(1);
  });
});
