import type { Readable } from 'node:stream';
import { CertusError } from '../../contracts/errors.ts';
import type { PutOptions } from './store.ts';

type Announced = Pick<PutOptions, 'sha256' | 'size'>;
type Measured = { readonly sha256: string; readonly size: number };

/** Holds what came to what was announced of it. */
export const checkAnnounced = (where: string, announced: Announced, found: Measured): void => {
  if (announced.size !== undefined && announced.size !== found.size)
    throw otherSize(where, announced.size, found.size);
  if (announced.sha256 !== undefined && announced.sha256 !== found.sha256) {
    const message = `${where} was to have sha256 ${announced.sha256} and has ${found.sha256}`;
    throw new CertusError('digest_mismatch', message);
  }
};

/** The source, up to the size that was announced: one that never ends fills no disk and no store. */
export async function* noLongerThan(
  where: string,
  body: Readable,
  size = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const chunk of body) {
    const bytes: Uint8Array = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    seen += bytes.length;
    if (seen > size) throw otherSize(where, size, seen);
    yield bytes;
  }
}

const otherSize = (where: string, announced: number, found: number) =>
  new CertusError(
    'digest_mismatch',
    `${where} was to have ${announced} bytes and has ${found > announced ? 'more' : `only ${found}`}`,
  );
