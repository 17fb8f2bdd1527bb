import type { PermitStatement } from '../../contracts/statements.ts';
import type { ActualFiles } from '../custody/check-evidence.ts';
import { oneLine } from '../text/one-line.ts';

/** A bundle as it lies in a store. */
export type BundleContent = {
  readonly indexBytes: Uint8Array;
  /** Bytes of the statements that are there, by their path. */
  readonly statements: ReadonlyMap<string, Uint8Array>;
  /** Digest and size of every other file, computed by whoever read it. */
  readonly files: ActualFiles;
  /** Why the files were not read; null when they were. */
  readonly unread: string | null;
};

type Permit = PermitStatement['predicate']['certus_permit'];

export function describePermit({ id, tier, bypass, expires_at }: Permit): string {
  const text = `${id}, tier ${tier}, usable until ${expires_at}`;
  return bypass === undefined
    ? text
    : `${text}; past the rules, by ${bypass.by} (${bypass.order_id}): ${oneLine(bypass.reason, 200)}`;
}
