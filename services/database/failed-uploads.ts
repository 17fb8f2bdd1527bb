import type { ErrorCode } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import type { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

type Place = Pick<Database, 'client'> | { readonly client: Prisma.TransactionClient };

export type NewFailedUpload = {
  /** Null while it had none that could be one. */
  readonly name: string | null;
  readonly code: ErrorCode;
  readonly at: Date;
};

/** Of an upload of which bytes came, and which became no document. */
export async function recordFailedUpload(
  { client }: Place,
  { tenant, workspace }: Scope,
  failed: NewFailedUpload,
): Promise<void> {
  await reachable(client.failedUpload.create({ data: { ...storable(failed), tenant, workspace } }));
}
