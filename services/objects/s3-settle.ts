import { setTimeout as wait } from 'node:timers/promises';
import { CertusError } from '../../contracts/errors.ts';
import { isBeingTaken, isForbidden, isTaken, onS3 } from './s3-errors.ts';
import type { Order } from './s3-order.ts';
import type { Place } from './s3-place.ts';
import { headObject } from './s3-read.ts';
import type { ObjectInfo } from './store.ts';

const ATTEMPTS = 20;

/**
 * Makes the request that lets an object appear until it is clear who has the key. Answers with what holds it already, or
 * `undefined` once it is ours: also when the server had done it and its answer got lost, and the client asked again.
 */
export const settle = async (
  place: Place,
  { ifAbsent, writer }: Order,
  request: () => Promise<void>,
): Promise<ObjectInfo | undefined> => {
  const { where } = place;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const refusal = await onS3(`write ${where}`, () => refusalOf(request, ifAbsent));
    if (refusal === undefined) return undefined;
    const standing = await standingAt(place, refusal);
    if (standing !== undefined) return standing.writer === writer ? undefined : standing.info;
    // The other writer has not finished, may yet fail, or its object has just been removed: ask again.
    await wait(attempt * 25);
  }
  throw new CertusError(
    'dependency_unavailable',
    `Cannot write ${where}: another writer kept holding the key`,
  );
};

/** The server's word that the key is not free. */
const refusalOf = async (request: () => Promise<void>, ifAbsent: boolean): Promise<unknown> => {
  try {
    await request();
    return undefined;
  } catch (error) {
    if (ifAbsent && isTaken(error)) return error;
    throw error;
  }
};

const standingAt = async (place: Place, refusal: unknown) => {
  try {
    return await headObject(place);
  } catch (error) {
    if (!(error instanceof CertusError) || !isForbidden(error.cause)) throw error;
    if (isBeingTaken(refusal)) return undefined;
    const message = `Cannot write ${place.where}: something is there already, which may not be looked at from here`;
    throw new CertusError('object_conflict', message, { cause: refusal });
  }
};
