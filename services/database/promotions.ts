import type { Scope } from '../../contracts/identifiers.ts';
import type { PromotionState } from '../../contracts/promotion.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

/** How far the evidence of a scan has come on its way into golden. */
export type ScanPromotion = {
  readonly testId: string;
  readonly component: string;
  readonly permitId: string;
  readonly state: Extract<PromotionState, 'promoted' | 'withheld' | 'failed'>;
  readonly requestedBy: string;
  readonly documents: number;
  readonly bytes: number;
  readonly clean: number;
  readonly masked: number;
  readonly withheld: number;
  readonly goldenManifest: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly createdAt: Date;
  /** Null while a person is to decide. */
  readonly endedAt: Date | null;
};

/** The last word stands, but for one: of what golden shows no later attempt says that it failed. */
export async function recordScanPromotion(
  { client }: Pick<Database, 'client'>,
  { tenant, workspace }: Scope,
  { createdAt, error, ...promotion }: ScanPromotion,
): Promise<void> {
  const said = {
    ...storable(promotion),
    error: error === null ? Prisma.DbNull : storable({ ...error }),
  };
  const row = { ...said, tenant, workspace, kind: 'scan', createdAt };
  const { count } = await reachable(client.promotion.createMany({ data: [row], skipDuplicates: true }));
  if (count > 0) return;
  const shown = promotion.state === 'promoted' ? {} : { state: { not: 'promoted' } };
  const where = { tenant, workspace, testId: promotion.testId, kind: 'scan', ...shown };
  await reachable(client.promotion.updateMany({ where, data: said }));
}
