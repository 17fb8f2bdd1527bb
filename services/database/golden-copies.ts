import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { storable } from './storable.ts';

/** What golden shows of a run, for whoever keeps, audits or clears away; that it is so, the copy itself proves. */
export type NewGoldenCopy = {
  readonly testId: string;
  readonly component: string;
  readonly kind: 'documents' | 'release' | 'scan';
  readonly bundleDigest: string;
  readonly manifestKey: string;
  readonly files: number;
  readonly bytes: number;
  readonly promotedAt: Date;
};

/** The first word stands: a promotion that is tried again must not bring back to life what was archived meanwhile. */
export async function recordGoldenCopy(
  { client }: Pick<Database, 'client'>,
  { tenant, workspace }: Scope,
  copy: NewGoldenCopy,
): Promise<void> {
  const row = { ...storable(copy), tenant, workspace, classSince: copy.promotedAt };
  await reachable(client.goldenCopy.createMany({ data: [row], skipDuplicates: true }));
}
