import { rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { readSitemap } from '../../../services/web/sitemap.ts';
import { temporaryFolder } from '../scan/sources.ts';
import { linking, site } from './site.ts';
import { codeOf, depsIn, listAll, open, textOf } from './sources.ts';

const folder = temporaryFolder('crawl');
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
const from = (url: string, more: object = {}, web = {}) =>
  open({ kind: 'web_crawl', seed_urls: [`${url}/`], ...more }, depsIn({ folder, web }));
const crawl = async (url: string, more: object = {}, limit = 100) => {
  const found = await listAll(() => from(url, more), { limit });
  return { ...found, paths: found.keys.map((key) => key.slice(url.length)).sort() };
};

describe('a crawl', () => {
  const pages = {
    '/': linking('/a', '/b', '/a#part', 'https://elsewhere.example/x', '/pic.png'),
    '/a': linking('/a/1', '/'),
    '/b': linking('/a/1', '/b/2'),
    '/a/1': linking('/deep'),
    '/b/2': 'end',
    '/deep': 'deep',
  };

  test('goes as deep as it is told, and to every page once', async () => {
    const { url, paths } = await serve(pages);
    expect((await crawl(url, { max_depth: 0 })).paths).toEqual(['/']);
    expect((await crawl(url, { max_depth: 1 })).paths).toEqual(['/', '/a', '/b']);
    const before = paths().length;
    const whole = await crawl(url, { max_depth: 3 });
    expect(whole.paths).toEqual(['/', '/a', '/a/1', '/b', '/b/2', '/deep']);
    expect(whole).toMatchObject({ lost: [], gone: [], listedAll: true });
    const asked = paths()
      .slice(before)
      .filter((path) => pages[path as keyof typeof pages] !== undefined);
    expect([...new Set(asked)]).toEqual(asked);
    expect(asked).not.toContain('/pic.png');
  });

  test('is gone on with by workers that know nothing but the cursor', async () => {
    const { url } = await serve(pages);
    const step = await crawl(url, { max_depth: 3 }, 1);
    expect(step.pages.length).toBeGreaterThan(5);
    expect(step.paths).toEqual(['/', '/a', '/a/1', '/b', '/b/2', '/deep']);
  });

  test('reads a page once: what was loaded for its links is what is fetched', async () => {
    const { url, paths } = await serve(pages);
    const connector = from(url, { max_depth: 1 });
    const { items } = await listAll(() => connector);
    const [first] = items;
    expect(await textOf(connector, first)).toBe(pages['/']);
    expect(paths().filter((path) => path === '/')).toHaveLength(1);
    expect(await textOf(from(url), first, first?.version)).toBeNull();
    // elsewhere it is asked for again
    expect(await textOf(from(url), first)).toBe(pages['/']);
    expect(await textOf(connector, items[1])).toBe(pages['/a']);
  });

  test('stays where it is meant to be', async () => {
    const { url } = await serve(pages);
    const only = async (more: object) => (await crawl(url, { max_depth: 3, ...more })).paths;
    expect(await only({ allow_patterns: ['/b'] })).toEqual(['/', '/b', '/b/2']);
    expect(await only({ deny_patterns: ['/a$', '/b$'] })).toEqual(['/']);
    expect(await only({ allowed_domains: ['nobody.example'] })).toEqual(['/']);
    expect(await only({ max_pages: 2 })).toHaveLength(2);
    expect(() => from(url, { allow_patterns: ['(?=x)'] })).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });

  test('that ends at its number of pages has not seen everything', async () => {
    const { url } = await serve(pages);
    expect((await crawl(url, { max_depth: 3, max_pages: 2 })).listedAll).toBe(false);
  });

  test('does what pages ask for', async () => {
    const { url } = await serve({
      '/robots.txt': 'User-agent: *\nDisallow: /private\n',
      '/': linking('/private', '/hidden', '/leaf', '/twin', '/moved', '/nofollow', '/gone', '/data'),
      '/hidden': `<meta name=robots content=noindex>${linking('/behind')}`,
      '/nofollow': `<meta name=robots content=nofollow>${linking('/unseen')}`,
      '/twin': `<link rel=canonical href=/one>${linking()}`,
      '/moved': { status: 301, headers: { location: '/leaf' } },
      '/leaf': 'leaf',
      '/one': 'one',
      '/behind': 'behind',
      '/unseen': 'unseen',
      '/data': { headers: { 'content-type': 'application/zip' }, body: 'PK' },
    });
    const { paths, lost, gone } = await crawl(url, { max_depth: 2 });
    expect(paths).toEqual(['/', '/behind', '/leaf', '/nofollow', '/one']);
    expect(lost.sort()).toEqual([`indexing_refused ${url}/hidden`, `robots_disallowed ${url}/private`]);
    expect(gone).toEqual([`${url}/gone`]);
  });

  test('of a site that is broken for now does not say that its pages are gone', async () => {
    const { url } = await serve({ '/': linking('/a'), '/a': { status: 500 } });
    const { listedAll, items, lost } = await crawl(url, { max_depth: 2 });
    expect([listedAll, lost]).toEqual([false, []]);
    // it stays an item, for the pipeline to try
    const broken = items.find(({ key }) => key.endsWith('/a'));
    expect(await codeOf(textOf(from(url), broken))).toBe('source_unreachable');
  });

  test.each([404, 403, 401])(
    'whose beginning answers %s does not say that all the rest is gone',
    async (status) => {
      const { url } = await serve({ '/': { status } });
      const { listedAll, lost, keys } = await crawl(url, { max_depth: 2 });
      expect([listedAll, lost.length, keys]).toEqual([false, 1, []]);
    },
  );

  test('leaves what is too large to look for links in to whoever reads it', async () => {
    const { url } = await serve({ '/': linking('/large'), '/large': 'x'.repeat(9 * 1024 * 1024) });
    const { paths, lost } = await crawl(url, { max_depth: 2 });
    expect([paths, lost]).toEqual([['/', '/large'], []]);
  });

  test('does not follow a redirect out of its domains', async () => {
    const other = await serve({ '/': 'not meant' });
    const { url } = await serve({
      '/': linking('/out'),
      '/out': { status: 302, headers: { location: `http://localhost:${other.port}/` } },
    });
    const web = { allowedHosts: ['127.0.0.1', 'localhost'] };
    const { lost } = await listAll(() => from(url, { max_depth: 2 }, web));
    expect(lost).toEqual([`source_not_allowed ${url}/out`]);
    const { items } = await listAll(() => from(url, { max_depth: 1 }, web));
    expect(await codeOf(textOf(from(url, {}, web), items[1]))).toBe('source_not_allowed');
    expect(other.seen).toEqual([]);
  });
});

describe('a site that never ends', () => {
  test('ends at the number of pages', async () => {
    const { url, seen } = await serve({
      '*': (path) => (path === '/robots.txt' ? '' : linking(`${path}x`, `${path}y`)),
    });
    const { keys, listedAll } = await crawl(url, { max_depth: 20, max_pages: 50 }, 20);
    expect([keys.length, listedAll]).toEqual([50, false]);
    expect(seen.length).toBeLessThan(60);
  });

  test('by folders in folders ends by itself', async () => {
    const { url } = await serve({
      '*': (path) => (path === '/robots.txt' ? '' : linking(`${path.replace(/\/$/, '')}/more`)),
    });
    const { paths } = await crawl(url, { max_depth: 20, max_pages: 1000 });
    expect(paths).toEqual(['/', '/more', '/more/more', '/more/more/more']);
  });

  test('by a calendar ends by itself', async () => {
    const { url } = await serve({
      '*': (path) => {
        if (path === '/robots.txt') return '';
        const month = Number(/month=(\d+)/.exec(path)?.[1] ?? 0);
        return linking(...Array.from({ length: 30 }, (_, at) => `/calendar?month=${month + at + 1}`));
      },
    });
    const { keys, listedAll } = await crawl(url, { max_depth: 20, max_pages: 10_000 });
    expect(keys).toHaveLength(101);
    expect(listedAll).toBe(false);
  });

  test('by answers that take their time gives short pages', async () => {
    const { url } = await serve({
      '*': (path) => (path === '/robots.txt' ? '' : linking(...[1, 2, 3].map((at) => `${path}${at}`))),
    });
    let at = 0;
    const now = () => {
      at += 20_000;
      return new Date(at);
    };
    const deps = { ...depsIn({ folder }), now };
    const { pages, keys } = await listAll(() =>
      open({ kind: 'web_crawl', seed_urls: [`${url}/`], max_depth: 2, max_pages: 10 }, deps),
    );
    expect(keys).toHaveLength(10);
    expect(pages.length).toBeGreaterThan(4);
  });
});

describe('sitemaps', () => {
  const urlset = (...urls: string[]) =>
    `<?xml version="1.0"?><urlset>${urls.map((url) => `<url><loc>${url}</loc></url>`).join('')}</urlset>`;

  test('are found by robots.txt, lead to others and may be packed', async () => {
    const pages: Parameters<typeof site>[0] = {};
    const { url } = await serve(pages);
    Object.assign(pages, {
      '/robots.txt': `Sitemap: ${url}/index.xml\nSitemap: http://10.0.0.1/x.xml\n`,
      '/index.xml': `<sitemapindex><sitemap><loc>${url}/one.xml</loc></sitemap><sitemap><loc>${url}/two.xml.gz</loc></sitemap></sitemapindex>`,
      '/one.xml': urlset(`${url}/one`, 'https://elsewhere.example/', 'not an address'),
      '/two.xml.gz': {
        headers: { 'content-type': 'application/gzip' },
        body: gzipSync(urlset(`${url}/two`)),
      },
      '/': 'no links',
      '/one': '1',
      '/two': '2',
    });
    expect((await crawl(url)).paths).toEqual(['/', '/one', '/two']);
    expect((await crawl(url, { max_depth: 0 })).paths).toEqual(['/']);
  });

  test('that lead to each other end', async () => {
    const { url, seen } = await serve({
      '/': 'x',
      '*': (path) => {
        if (path === '/robots.txt') return '';
        const at = Number(/\d+/.exec(path)?.[0] ?? 0);
        return `<sitemapindex>${[at, at + 1, at + 2].map((next) => `<sitemap><loc>http://HOST/s${next}.xml</loc></sitemap>`).join('')}</sitemapindex>`;
      },
    });
    const { listedAll } = await crawl(url);
    expect(listedAll).toBe(true);
    expect(seen.length).toBeLessThan(60);
  });

  test('are lists of lines as well; what is none says nothing', () => {
    expect(readSitemap(Buffer.from('https://a.b/1\r\nhttps://a.b/2\n'))).toEqual({
      pages: ['https://a.b/1', 'https://a.b/2'],
      sitemaps: [],
    });
    expect(readSitemap(gzipSync(Buffer.alloc(32 * 1024 * 1024)))).toBeUndefined();
    expect(readSitemap(Buffer.from([0x1f, 0x8b, 1, 2, 3]))).toBeUndefined();
    const entities =
      '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><urlset><url><loc>https://a.b/&e;</loc></url></urlset>';
    expect(JSON.stringify(readSitemap(Buffer.from(entities)))).not.toContain('root:');
  });
});
