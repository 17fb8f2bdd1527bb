import pMap from 'p-map';
import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { EntityType } from '../../contracts/privacy.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { Detected } from '../../domain/sanitize/detector.ts';
import { inUnits } from '../../domain/sanitize/stream/code-points.ts';
import { checkUrl } from '../fetch/check-url.ts';
import { exchange } from '../fetch/exchange.ts';
import { FetchError } from '../fetch/fetch-error.ts';
import { withDeadline } from '../fetch/with-deadline.ts';
import { piecesOf } from './ner-pieces.ts';

/** A model that knows names when it reads them; offsets in UTF-16 units. */
export interface NerClient {
  /** For whoever asks what looked. */
  readonly name: string;
  readonly kinds: readonly string[];
  /** Everything that it finds, or an error: a model that says nothing has not said that there is nothing. */
  find(text: string, language: string, signal?: AbortSignal): Promise<Detected[]>;
}

type Options = {
  /** Where the paths of the service begin; `/analyze` is asked. */
  readonly url: string;
  /** What it is asked for. It may know more: numbers and addresses are found without it, and with their check digits. */
  readonly kinds: readonly string[];
  /** What it is called where it is told what looked: with another name everything is looked at again. */
  readonly model?: string | undefined;
  /** For all of one text. */
  readonly seconds?: number;
};

/** Asks a Presidio analyzer, or whatever else speaks as it does. */
export function openNerClient({ url, kinds, model, seconds = 15 }: Options): NerClient {
  const address = new URL('analyze', url.endsWith('/') ? url : `${url}/`);
  const wanted = new Set(kinds);
  return {
    name: ['ner', ...(model === undefined ? [] : [model]), toldKinds(kinds)].join(' '),
    kinds,
    find: (text, language, signal) =>
      answering(address.host, seconds, signal, async (until) => {
        const found = await pMap(
          piecesOf(text),
          async ({ start, text: piece }) => {
            const body = { text: piece, language, entities: kinds };
            const spans = spansIn(piece, await ask(address, body, until), address.host);
            return spans
              .filter(({ type }) => wanted.has(type))
              .map((span) => ({ ...span, start: span.start + start, end: span.end + start }));
          },
          { concurrency: AT_ONCE },
        );
        return found.flat();
      }),
  };
}

/** What is signed has room for the name of a model, and not for any number of kinds. */
function toldKinds(kinds: readonly string[]): string {
  const told = [...kinds].sort().join(',');
  return told.length <= 60 ? told : `${kinds.length}-kinds:${sha256(told).slice(0, 16)}`;
}

const AT_ONCE = 4;
/** Of the answer to one piece. */
const MAX_BYTES = 8 * 1024 * 1024;

/** The operator has set the address, so it may be an internal one. */
async function ask(address: URL, body: object, until: AbortSignal): Promise<unknown> {
  const checked = await checkUrl(address, { allowedHosts: ['*'] }, until);
  const { status, bytes } = await exchange(
    checked,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
      maxBytes: MAX_BYTES,
    },
    until,
  );
  if (status !== 200) throw new FetchError('refused', `${address.host} answers ${status}`);
  return parsed(bytes);
}

/** Undefined for what is no JSON: the schema refuses it. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Presidio counts in code points, and tells more than this about each. */
const Spans = z.array(
  z.object({
    entity_type: z.string(),
    start: z.number().int().nonnegative(),
    end: z.number().int().positive(),
    score: z.number().min(0).max(1),
  }),
);

function spansIn(text: string, answer: unknown, host: string): Detected[] {
  const spans = Spans.safeParse(answer).data?.flatMap(({ entity_type, score, ...span }) => {
    const type = EntityType.safeParse(entity_type).data;
    return type === undefined || span.end <= span.start ? [] : [{ ...span, type, confidence: score }];
  });
  const found = spans && inUnits(text, spans);
  if (found === undefined)
    throw new FetchError('refused', `${host} answers what is no list of spans of the text`);
  return found;
}

async function answering<T>(
  host: string,
  seconds: number,
  signal: AbortSignal | undefined,
  work: (until: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await withDeadline(seconds * 1000, signal, work);
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    throw new CertusError(
      'dependency_unavailable',
      `the model at ${host} was not to be had, and nothing is let through without it: ${error.message}`,
      { cause: error },
    );
  }
}
