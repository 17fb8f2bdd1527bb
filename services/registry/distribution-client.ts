import { Agent } from 'undici';
import { CertusError } from '../../contracts/errors.ts';
import { type Credentials, createAuthorizer } from './authorizer.ts';
import { parseJson } from './content.ts';
import { type Answer, exchange, isLoopback, type Outgoing } from './exchange.ts';
import { BlobUnknown, retryAfterMs, TryAgain } from './retry.ts';

/** Sends one request, signed in where needed and redirected where allowed. Throws for all but 2xx, 404 and what is expected. */
export type Send = (target: string | URL, scope: string, outgoing: Outgoing) => Promise<Answer>;

export const createSend = (registry: URL, credentials: Credentials | undefined, insecure: boolean): Send => {
  const dispatcher = new Agent({ connect: { timeout: 5_000 } });
  const authorizer = createAuthorizer(dispatcher, registry, credentials, insecure);

  /** Credentials go to the registry and to no other host, wherever it sends us. */
  const signed = async (url: URL, scope: string, outgoing: Outgoing): Promise<Answer> => {
    const ask = (authorization: string | undefined) => {
      const headers = { ...outgoing.headers, ...(authorization === undefined ? {} : { authorization }) };
      return exchange(dispatcher, url, { ...outgoing, headers });
    };
    if (url.origin !== registry.origin) return ask(undefined);
    const shown = authorizer.known(scope);
    const answer = await ask(shown);
    if (answer.status !== 401) return answer;
    // a neighbour may have met the same refusal a moment before, and have a new token already
    const known = authorizer.known(scope);
    const shared = known === undefined || known === shown ? answer : await ask(known);
    return shared.status === 401
      ? ask(await authorizer.answer(shared.header('www-authenticate'), scope))
      : shared;
  };

  return async (target, scope, outgoing) => {
    let url = new URL(target, registry);
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      checkTarget(url, registry, insecure);
      const answer = await signed(url, scope, outgoing);
      const location = answer.header('location');
      const redirected =
        REDIRECTS.includes(answer.status) && (outgoing.method === 'GET' || outgoing.method === 'HEAD');
      if (!redirected || location === undefined || !URL.canParse(location, url.href))
        return judged(answer, outgoing);
      url = new URL(location, url);
    }
    throw new CertusError('registry_refused', `The registry ${registry.origin} redirects without an end`);
  };
};

const REDIRECTS = [301, 302, 303, 307, 308];
const MAX_REDIRECTS = 5;
const BUSY = [408, 425, 429, 500, 502, 503, 504];

/** A registry reached over TLS must not move us to where everybody can listen, or out of HTTP altogether. */
const checkTarget = (url: URL, registry: URL, insecure: boolean): void => {
  const plainAllowed =
    registry.protocol === 'http:' && (insecure || isLoopback(url) || url.origin === registry.origin);
  const allowed = url.protocol === 'https:' || (url.protocol === 'http:' && plainAllowed);
  if (allowed && url.username === '' && url.password === '') return;
  throw new CertusError(
    'registry_refused',
    `The registry ${registry.origin} sends us to ${url.origin}, which is not safe`,
  );
};

const judged = (answer: Answer, { method, expected = [] }: Outgoing): Answer => {
  const good = (answer.status >= 200 && answer.status < 300) || answer.status === 404;
  if (good || expected.includes(answer.status)) return answer;
  const what = `The registry answers ${answer.status} to ${method} ${answer.url.origin}${answer.url.pathname}${reasonIn(answer)}`;
  if (what.includes('MANIFEST_BLOB_UNKNOWN')) throw new BlobUnknown(what);
  if (!BUSY.includes(answer.status)) throw new CertusError('registry_refused', what);
  throw new TryAgain(what, { afterMs: retryAfterMs(answer.header('retry-after'), Date.now()) });
};

/** The registry's own words, cut short and without what could forge a line in a log. */
const reasonIn = ({ bytes }: Answer): string => {
  const body = parseJson(bytes);
  if (typeof body !== 'object' || body === null || !('errors' in body) || !Array.isArray(body.errors))
    return '';
  const words = body.errors.map((error: unknown) => {
    const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
    return [code, message].filter((part) => typeof part === 'string').join(' ');
  });
  return `: ${words
    .join('; ')
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, 500)}`;
};
