import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { CertusError } from '../../contracts/errors.ts';

/** How far somebody has read, and what. */
type Reading = { length: number; readonly hash: Hash };
type Seen = { readonly length: number; readonly digest: string };

/**
 * Sees to it that what is copied is what was looked into. A large document is opened more than once, and who looks into it
 * may stop early: its digest alone would then say nothing of what was seen, and whoever can swap objects under the reader
 * would show one thing and have another one copied.
 */
export class SameBytes {
  readonly #readings: Reading[] = [];

  /** For who looks: remembers how far they read, and what. */
  watch(body: Readable): Readable {
    const reading = { length: 0, hash: createHash('sha256') };
    this.#readings.push(reading);
    return Readable.from(watched(body, reading), { objectMode: false });
  }

  /** For who copies: ends with `digest_mismatch` where it is not what was seen. */
  hold(body: Readable): Readable {
    const seen = this.#readings
      .map(({ length, hash }) => ({ length, digest: hash.copy().digest('hex') }))
      .sort((a, b) => a.length - b.length);
    return Readable.from(held(body, seen), { objectMode: false });
  }
}

/** Counted before it is handed on: what was seen is never more than what is remembered. */
async function* watched(body: Readable, reading: Reading): AsyncGenerator<Buffer> {
  for await (const chunk of body as AsyncIterable<Buffer>) {
    reading.hash.update(chunk);
    reading.length += chunk.length;
    yield chunk;
  }
}

async function* held(body: Readable, seen: readonly Seen[]): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const open = [...seen];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    // beyond what was seen the digest of the whole speaks, which the store holds it to
    if (open.length === 0) {
      yield chunk;
      continue;
    }
    let rest = chunk;
    for (let next = open[0]; next !== undefined && next.length <= length + rest.length; next = open[0]) {
      hash.update(rest.subarray(0, next.length - length));
      rest = rest.subarray(next.length - length);
      length = next.length;
      if (hash.copy().digest('hex') !== next.digest) throw changed();
      open.shift();
    }
    hash.update(rest);
    length += rest.length;
    yield chunk;
  }
  if (open.some((left) => left.length > length)) throw changed();
}

const changed = () =>
  new CertusError('digest_mismatch', 'the document was another one while it was looked into');
