import { canonicalJson } from '../../contracts/canonical-json.ts';
import type { KeySetStatement } from '../../contracts/key-registry.ts';
import type { TrustedKey } from '../../contracts/keys.ts';
import { PREDICATE, STATEMENT_TYPE } from '../../contracts/statements.ts';
import { sha256 } from '../custody/digest.ts';

export type KeyList = {
  readonly tenant: string;
  readonly version: number;
  readonly issuedAt: Date;
  readonly keys: readonly TrustedKey[];
  readonly orderId?: string;
};

/** Trust's list of a tenant's keys as it is signed. */
export const keySetStatement = ({ tenant, version, issuedAt, keys, orderId }: KeyList): KeySetStatement => ({
  _type: STATEMENT_TYPE,
  subject: [{ name: `keys/${tenant}`, digest: { sha256: digestOfKeys(keys) } }],
  predicateType: PREDICATE.keySet,
  predicate: {
    tenant,
    version,
    issued_at: issuedAt.toISOString(),
    ...(orderId === undefined ? {} : { order: orderId }),
    keys: [...keys],
  },
});

export const digestOfKeys = (keys: readonly TrustedKey[]): string => sha256(canonicalJson(keys));
