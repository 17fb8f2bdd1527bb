import type { Scope } from '../../contracts/identifiers.ts';
import { PromotionState } from '../../contracts/promotion.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import type { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

/** How a promotion goes, or went, for whoever asks; what was promoted, golden and its statements say. */
export type PromotionRecord = {
  readonly testId: string;
  readonly kind: 'documents' | 'release' | 'scan';
  readonly component: string;
  readonly state: PromotionState;
  readonly orderId: string | null;
  readonly requestedBy: string;
  readonly documents: number;
  readonly bytes: number;
  readonly clean: number;
  readonly masked: number;
  readonly withheld: number;
  readonly permitId: string | null;
  readonly denial: string | null;
  readonly goldenManifest: string | null;
  readonly ociReference: string | null;
  readonly logIndex: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
};

export type NewPromotion = Pick<
  PromotionRecord,
  'testId' | 'kind' | 'component' | 'orderId' | 'requestedBy' | 'documents' | 'bytes' | 'createdAt'
>;

type Place = Pick<Database, 'client'>;

/** Inserts it unless it is there, and gives back the row in force: the API and the first step of the run both call it. */
export async function openPromotion(
  database: Place,
  { tenant, workspace }: Scope,
  promotion: NewPromotion,
): Promise<PromotionRecord> {
  const row = { ...storable(promotion), tenant, workspace, state: 'running' };
  await reachable(database.client.promotion.createMany({ data: [row], skipDuplicates: true }));
  const record = await findPromotion(database, { tenant, workspace }, promotion.testId);
  if (record === undefined) throw new Error('a promotion that was recorded is not there');
  return record;
}

export type PromotionChange = Partial<
  Omit<PromotionRecord, 'testId' | 'kind' | 'component' | 'orderId' | 'requestedBy' | 'createdAt'>
>;

/** What has ended stays as it ended, and what golden shows is not called failed for what came after it. */
export async function changePromotion(
  { client }: Place,
  { tenant, workspace }: Scope,
  testId: string,
  { error, state, ...change }: PromotionChange,
): Promise<void> {
  const where = { tenant, workspace, testId, endedAt: null };
  if (state !== undefined)
    await reachable(
      client.promotion.updateMany({ where: { ...where, state: { not: 'promoted' } }, data: { state } }),
    );
  const told = error === undefined || error === null ? {} : { error: storable({ ...error }) };
  await reachable(client.promotion.updateMany({ where, data: { ...storable(change), ...told } }));
}

export async function findPromotion(
  { client }: Place,
  { tenant, workspace }: Scope,
  testId: string,
): Promise<PromotionRecord | undefined> {
  const key = { tenant_workspace_testId: { tenant, workspace, testId } };
  const row = await reachable(client.promotion.findUnique({ where: key, omit: SCOPE }));
  return row === null ? undefined : recordOf(row);
}

/** A place in the list; rows that are added later never move it. */
export type PromotionCursor = { readonly createdAt: Date; readonly testId: string };

type Listing = {
  readonly kind?: PromotionRecord['kind'] | undefined;
  readonly state?: PromotionState | undefined;
  readonly limit: number;
  readonly after?: PromotionCursor | undefined;
};

/** Newest first; `next` is where the following page begins. */
export async function listPromotions(
  { client }: Place,
  { tenant, workspace }: Scope,
  { kind, state, limit, after }: Listing,
): Promise<{ readonly promotions: PromotionRecord[]; readonly next: PromotionCursor | undefined }> {
  const rows = await reachable(
    client.promotion.findMany({
      where: {
        tenant,
        workspace,
        ...(kind === undefined ? {} : { kind }),
        ...(state === undefined ? {} : { state }),
        ...(after === undefined ? {} : { OR: before(after) }),
      },
      orderBy: [{ createdAt: 'desc' }, { testId: 'desc' }],
      take: limit + 1,
      omit: SCOPE,
    }),
  );
  const promotions = rows.slice(0, limit).map(recordOf);
  const last = rows.length > limit ? promotions.at(-1) : undefined;
  return { promotions, next: last && { createdAt: last.createdAt, testId: last.testId } };
}

const before = ({ createdAt, testId }: PromotionCursor): Prisma.PromotionWhereInput[] => [
  { createdAt: { lt: createdAt } },
  { createdAt, testId: { lt: testId } },
];

const SCOPE = { tenant: true, workspace: true } as const;

type Row = Omit<Prisma.PromotionGetPayload<Record<string, never>>, keyof typeof SCOPE>;

const recordOf = ({ bytes, logIndex, kind, state, error, ...row }: Row): PromotionRecord => ({
  ...row,
  kind: kind as PromotionRecord['kind'],
  state: PromotionState.parse(state),
  bytes: Number(bytes),
  logIndex: logIndex === null ? null : Number(logIndex),
  error: error as PromotionRecord['error'],
});
