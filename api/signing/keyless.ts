import pMap from 'p-map';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import type { SignItem } from '../../contracts/signing.ts';
import { PAYLOAD_TYPE } from '../../contracts/statements.ts';
import { type KeylessOptions, type KeylessServices, signKeyless } from '../../services/sigstore/keyless.ts';

/** Signs one item as whoever the token names. */
export type KeylessSigner = (item: SignItem, identityToken: string) => Promise<Uint8Array>;

/**
 * Keyless signing happens here and not in a worker: the caller's token would else lie in buckets and histories, and be
 * within reach of the zone that runs foreign tools.
 */
export const keylessSigner =
  (services: KeylessServices, options: KeylessOptions): KeylessSigner =>
  (item, identityToken) =>
    signKeyless(services, toSign(item), identityToken, options);

const toSign = (item: SignItem) =>
  item.kind === 'message'
    ? { artifact: Buffer.from(item.content, 'base64') }
    : { payload: Buffer.from(canonicalJson(item.statement)), payloadType: PAYLOAD_TYPE };

/** A few at a time: each asks three servers of others. */
export const signAllKeyless = (
  sign: (item: SignItem) => Promise<Uint8Array>,
  items: readonly SignItem[],
): Promise<string[]> =>
  pMap(items, async (item) => Buffer.from(await sign(item)).toString('utf8'), { concurrency: 4 });
