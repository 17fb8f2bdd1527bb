import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { CertusError } from '../../../contracts/errors.ts';
import { installedPrograms } from '../../sandbox/programs.ts';
import { pageAddress } from '../address.ts';
import type { Renderer } from '../renderer.ts';
import { Turns } from '../turns.ts';
import type { Web, WebPage } from '../web.ts';
import type { DevTools } from './devtools.ts';
import { type Browser, launchBrowser, type Programs } from './launch.ts';

/** By the browser that is named, where there is something to keep it apart with; undefined where there is not. */
export function openRenderer(chromium: string, patienceMs = PATIENCE_MS): Renderer | undefined {
  const { bwrap } = installedPrograms();
  if (bwrap === undefined) return undefined;
  const turns = new Turns(Date.now, async () => undefined);
  return {
    // one at a time: each takes hundreds of megabytes
    render: (page, web, signal) =>
      turns.take('browser', 0, signal, () => {
        const until = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
        return renderOne({ chromium, bwrap }, page, web, until).catch((error: unknown) => {
          signal.throwIfAborted();
          throw new CertusError('item_unreadable', 'the page cannot be rendered', { cause: error });
        });
      }),
  };
}

async function renderOne(
  programs: Programs,
  page: WebPage,
  web: Pick<Web, 'resource'>,
  until: AbortSignal,
): Promise<Uint8Array> {
  const browser = launchBrowser(programs);
  // whoever waits for a browser that is busy with itself waits no longer
  until.addEventListener('abort', () => void browser.end(), { once: true });
  try {
    return await read(browser, page, web, until);
  } finally {
    await browser.end();
  }
}

const PATIENCE_MS = 45_000;
/** By then a page is what it is. */
const SETTLED_MS = 20_000;
const QUIET_MS = 500;

async function read(
  { devtools }: Browser,
  page: WebPage,
  web: Pick<Web, 'resource'>,
  until: AbortSignal,
): Promise<Uint8Array> {
  const { targetId } = Target.parse(await devtools.send('Target.createTarget', { url: 'about:blank' }));
  const attached = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
  const { sessionId } = Session.parse(attached);
  const send = (method: string, params: object = {}) => devtools.send(method, params, sessionId);
  const visit = new Visit(send, page, web, until);
  devtools.listen((method, params) => visit.hear(method, params));
  await send('Page.enable');
  await send('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
  await send('Page.navigate', { url: page.address.href });
  await visit.settled();
  const { root } = Root.parse(await send('DOM.getDocument', { depth: 0 }));
  const { outerHTML } = Html.parse(await send('DOM.getOuterHTML', { nodeId: root.nodeId }));
  return Buffer.from(outerHTML);
}

const Target = z.object({ targetId: z.string() });
const Session = z.object({ sessionId: z.string() });
const Root = z.object({ root: z.object({ nodeId: z.number() }) });
const Html = z.object({ outerHTML: z.string() });
const Paused = z.object({
  requestId: z.string(),
  resourceType: z.string(),
  request: z.object({ url: z.string(), method: z.string() }),
});

/** What a page asks for while it is looked at: itself, which is here already, and what its scripts are made of. */
class Visit {
  readonly #send: DevTools['send'];
  readonly #page: WebPage;
  readonly #web: Pick<Web, 'resource'>;
  readonly #until: AbortSignal;
  #isGiven = false;
  #isLoaded = false;
  #pending = 0;
  #resources = 0;
  #bytes = 0;
  #quietSince = Date.now();
  #fault: { readonly error: unknown } | undefined;

  constructor(send: DevTools['send'], page: WebPage, web: Pick<Web, 'resource'>, until: AbortSignal) {
    this.#send = send;
    this.#page = page;
    this.#web = web;
    this.#until = until;
  }

  hear(method: string, params: unknown): void {
    if (method === 'Page.loadEventFired') this.#isLoaded = true;
    if (method === 'Page.javascriptDialogOpening')
      this.#tell('Page.handleJavaScriptDialog', { accept: false });
    if (method !== 'Fetch.requestPaused') return;
    this.#pending += 1;
    void this.#answer(Paused.parse(params)).finally(() => {
      this.#pending -= 1;
      this.#quietSince = Date.now();
    });
  }

  /** Once it is loaded and has asked for nothing for a moment; one that never stops asking is taken as it is. */
  async settled(): Promise<void> {
    const end = Date.now() + SETTLED_MS;
    while (Date.now() < end) {
      if (this.#fault !== undefined) throw this.#fault.error;
      if (this.#isLoaded && this.#pending === 0 && Date.now() - this.#quietSince >= QUIET_MS) return;
      await wait(50, undefined, { signal: this.#until });
    }
  }

  async #answer({ requestId, resourceType, request }: z.infer<typeof Paused>): Promise<void> {
    const answer = await this.#fetch(resourceType, request).catch((error: unknown) => {
      // a script that cannot be had is a script that does not run
      if (!(error instanceof CertusError)) this.#fault = { error };
      return undefined;
    });
    if (answer === undefined) this.#tell('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' });
    else this.#tell('Fetch.fulfillRequest', { requestId, ...fulfilled(answer) });
  }

  async #fetch(type: string, { url, method }: { readonly url: string; readonly method: string }) {
    if (type === 'Document' && !this.#isGiven) {
      this.#isGiven = true;
      return { bytes: this.#page.bytes, contentType: this.#page.contentType ?? 'text/html' };
    }
    const address = pageAddress(url);
    if (address === undefined || method !== 'GET' || !WANTED.has(type)) return undefined;
    this.#resources += 1;
    if (this.#resources > MOST_RESOURCES) return undefined;
    const maxBytes = MOST_BYTES - this.#bytes;
    if (maxBytes <= 0) return undefined;
    const resource = await this.#web.resource(address, { maxBytes, signal: this.#until });
    this.#bytes += resource.bytes.length;
    return resource;
  }

  /** The browser may have ended meanwhile: whoever waits for its page hears of that. */
  #tell(method: string, params: object): void {
    this.#send(method, params).catch(() => undefined);
  }
}

/** What scripts need to run, and what they load to show it. Pictures say nothing, and another document is another page. */
const WANTED: ReadonlySet<string> = new Set(['Script', 'XHR', 'Fetch']);
const MOST_RESOURCES = 40;
const MOST_BYTES = 16 * 1024 * 1024;

const fulfilled = ({ bytes, contentType }: { readonly bytes: Uint8Array; readonly contentType: string }) => ({
  responseCode: 200,
  responseHeaders: [
    { name: 'content-type', value: contentType },
    // nobody is logged in anywhere: there is nothing that another site could not have
    { name: 'access-control-allow-origin', value: '*' },
  ],
  body: Buffer.from(bytes).toString('base64'),
});
