import { existsSync, rmSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { openRenderer } from '../../../services/web/chromium/open-renderer.ts';
import { site } from '../../unit/connectors/site.ts';
import { codeOf, depsIn, listAll, open, textOf } from '../../unit/connectors/sources.ts';
import { temporaryFolder } from '../../unit/scan/sources.ts';

const folder = temporaryFolder('render');
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

test('who wants pages rendered is not given others without a word', () => {
  const deps = depsIn({ folder });
  const refused = expect.objectContaining({ code: 'render_unavailable' });
  expect(() => open({ kind: 'web', urls: ['https://example.org/'], render: true }, deps)).toThrow(refused);
  expect(() => open({ kind: 'web_crawl', seed_urls: ['https://example.org/'], render: true }, deps)).toThrow(
    refused,
  );
});

const CHROMIUM = '/usr/bin/chromium';
const renderer = existsSync(CHROMIUM) ? openRenderer(CHROMIUM) : undefined;

(renderer === undefined ? describe.skip : describe)('a page that is made by its scripts', () => {
  const deps = { ...depsIn({ folder }), renderer };
  const read = async (url: string, with_: typeof deps = deps) => {
    const connector = open({ kind: 'web', urls: [url], render: true }, with_);
    return textOf(connector, (await listAll(() => connector)).items[0]);
  };
  const script = (code: string) => `<!doctype html><body><div id=x>empty</div><script>${code}</script>`;

  test('is read as they leave it, and they may load what they need', async () => {
    const { url } = await serve({
      '/': '<!doctype html><body><div id=x>empty</div><script src=/app.js></script>',
      '/app.js': {
        headers: { 'content-type': 'text/javascript' },
        body: "fetch('/data').then(r => r.text()).then(t => { x.textContent = 'made of ' + t; alert('stop'); })",
      },
      '/data': { headers: { 'content-type': 'text/plain' }, body: 'data' },
    });
    expect(await read(`${url}/`)).toContain('<div id="x">made of data</div>');
  }, 60_000);

  test('leads to where its scripts say', async () => {
    const { url } = await serve({ '/': script("x.innerHTML = '<a href=/made>x</a>'"), '/made': 'made' });
    const crawl = open({ kind: 'web_crawl', seed_urls: [`${url}/`], render: true }, deps);
    expect((await listAll(() => crawl)).keys).toEqual([`${url}/`, `${url}/made`]);
  }, 60_000);

  test('reaches nobody that we would not ask, in no way', async () => {
    const inner = await serve({ '*': 'secret' });
    const { url } = await serve({
      '/robots.txt': 'User-agent: *\nDisallow: /private\n',
      '/private': 'private',
      '/': script(`
        const told = [];
        const tell = (name, work) => work.then((t) => told.push(name + ':' + t), () => told.push(name + ':no')).then(() => { x.textContent = told.sort().join(' '); });
        tell('inner', fetch('http://localhost:${inner.port}/').then(r => r.text()));
        tell('metadata', fetch('http://169.254.169.254/').then(r => r.text()));
        tell('private', fetch('/private').then(r => r.text()));
        tell('post', fetch('/', { method: 'POST', body: 'x' }).then(r => r.text()));
        tell('file', fetch('file:///etc/passwd').then(r => r.text()));
        tell('socket', new Promise((yes, no) => { const s = new WebSocket('ws://localhost:${inner.port}/'); s.onopen = () => yes('open'); s.onerror = no; }));
        navigator.sendBeacon('http://localhost:${inner.port}/beacon', 'x');
      `),
    });
    expect(await read(`${url}/`)).toContain('>file:no inner:no metadata:no post:no private:no socket:no<');
    expect(inner.seen).toEqual([]);
  }, 60_000);

  test('that keeps its browser busy for ever has its code, and the next one is read', async () => {
    const { url } = await serve({
      '/busy': script('for (;;) {}'),
      '/good': script("x.textContent = 'good'"),
    });
    const hasty = { ...deps, renderer: openRenderer(CHROMIUM, 6000) };
    expect(await codeOf(read(`${url}/busy`, hasty))).toBe('item_unreadable');
    expect(await read(`${url}/good`)).toContain('>good<');
  }, 120_000);

  test('of a browser that is none has its code', async () => {
    const { url } = await serve({ '/': 'x' });
    expect(await codeOf(read(`${url}/`, { ...deps, renderer: openRenderer('/bin/false') }))).toBe(
      'item_unreadable',
    );
  }, 60_000);
});
