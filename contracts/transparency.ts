import { z } from 'zod';
import { Sha256, TenantId, TestId, WorkspaceId } from './identifiers.ts';

export const LOG_KINDS = [
  'permit',
  'denial',
  'promotion',
  'quarantine',
  'signature',
  'key_set',
  'order',
  'policy',
] as const;

/** What the log keeps of an act: digests and names, never content. Its canonical JSON is the leaf. */
export const LogEntry = z.strictObject({
  v: z.literal(1),
  kind: z.enum(LOG_KINDS),
  tenant: TenantId,
  workspace: WorkspaceId.nullable(),
  test_id: TestId.nullable(),
  /** Permit id, order id, key set version: what the act goes by. */
  name: z.string().max(200),
  /** sha256 of the signed statement, byte for byte as it was stored; of the decision when it was a denial. */
  digest: Sha256,
  /** Digests that it is about. */
  subjects: z.array(Sha256).max(100),
  signer: z.string().max(200).nullable(),
  at: z.iso.datetime(),
  /** Of a denial its reason, of an order its kind. */
  note: z.string().max(300).nullable(),
});
export type LogEntry = z.infer<typeof LogEntry>;

/** An entry is named by its leaf hash. */
export const EntryId = Sha256;

export type Inclusion = {
  readonly entryId: string;
  readonly index: number;
  readonly treeSize: number;
  readonly leafHash: string;
  readonly rootHash: string;
  /** Hex, from the leaf upwards. */
  readonly hashes: readonly string[];
  /** The signed checkpoint for that size. */
  readonly checkpoint: string;
};
