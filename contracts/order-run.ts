import type { GenerateKey } from './key-registry.ts';
import type { ActionKind } from './orders.ts';

/** What the workflow of an order is told: which one it is. What it says stands in its signed statement alone. */
export type OrderRun = {
  readonly tenant: string;
  readonly orderId: string;
  readonly kind: ActionKind;
  /** Of an order to make a key: what the zone that holds keys must know. Trust compares it with the order. */
  readonly key?: Pick<GenerateKey, 'environment' | 'algorithm'>;
  /** Of a revocation that goes on in another history: the last run that was seen to. */
  readonly after?: { readonly workspace: string; readonly permitId: string };
};

/** What Trust is told where no key could be made. */
export type NoKey = { readonly failed: { readonly code: string; readonly message: string } };
