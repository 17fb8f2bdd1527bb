import type { ActionKind, Order, TrustAction } from '../../../contracts/orders.ts';
import type { TrustDeps } from '../deps.ts';

export type ActionOf<K extends ActionKind> = Extract<TrustAction, { kind: K }>;

/**
 * Carries out an order whose signature, tenant and time were checked. It may run twice for one order (its id tells), and
 * throws a CertusError when the answer is no. `found` is what an earlier step of the order's workflow found out.
 */
export type ActionHandler<K extends ActionKind> = (
  deps: TrustDeps,
  order: Order,
  action: ActionOf<K>,
  found?: unknown,
) => Promise<Record<string, unknown>>;
