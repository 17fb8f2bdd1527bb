import { CertusError } from '../../../contracts/errors.ts';
import type { Order } from '../../../contracts/orders.ts';

export type AddedVersion = {
  readonly version: number;
  readonly setBy: string;
  readonly setAt: Date;
  readonly orderId: string;
};

/** Versions of one policy, of one workspace. */
export type Versions<R extends AddedVersion> = {
  /** The version that this order made; none before it was carried out. */
  ofOrder(): Promise<R | undefined>;
  newest(): Promise<R | undefined>;
  /** `undefined` when another order took the version in the meantime. */
  add(added: AddedVersion): Promise<R | undefined>;
};

/** Adds the version that an order sets, once however often it is carried out. */
export async function addVersion<R extends AddedVersion>(order: Order, versions: Versions<R>): Promise<R> {
  for (;;) {
    const known = await versions.ofOrder();
    if (known !== undefined) return known;
    const newest = await versions.newest();
    const setAt = new Date(order.given_at);
    // two orders may overtake each other on their way: the one that was given last is the one that is meant
    if (newest !== undefined && newest.setAt > setAt)
      throw new CertusError('order_invalid', `version ${newest.version} was set after this was ordered`);
    const version = (newest?.version ?? 0) + 1;
    const record = await versions.add({ version, setBy: order.by, setAt, orderId: order.id });
    if (record !== undefined) return record;
  }
}
