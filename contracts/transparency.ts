import { z } from 'zod';
import { AssessmentId, Sha256, TenantId, TestId, WorkspaceId } from './identifiers.ts';

export const LOG_KINDS = [
  'permit',
  'denial',
  'quarantine',
  'signature',
  'key_set',
  'order',
  'policy',
  'promotion',
  'deletion',
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

/** An entry as it is shown; `entry` is what was hashed, so that nobody has to believe the rest. */
export const TransparencyEntry = z.object({
  entry_id: EntryId,
  index: z.number().int().min(0),
  timestamp: z.iso.datetime(),
  signer: z.string().nullable(),
  entry: LogEntry,
});
export type TransparencyEntry = z.infer<typeof TransparencyEntry>;

export const TransparencyList = z.object({
  entries: z.array(TransparencyEntry),
  next_cursor: z.string().nullable(),
});
export type TransparencyList = z.infer<typeof TransparencyList>;

export const ProvenEntry = TransparencyEntry.extend({
  proof: z
    .object({
      tree_size: z.number().int().min(1),
      leaf_index: z.number().int().min(0),
      hashes: z.array(Sha256).meta({ description: 'From the leaf upwards.' }),
      root_hash: Sha256,
    })
    .nullable(),
  checkpoint: z.string().nullable().meta({ description: 'The signed head that the proof leads to.' }),
  tlog_proof: z
    .string()
    .nullable()
    .meta({ description: 'The same as one text that travels (C2SP tlog-proof).' }),
});
export type ProvenEntry = z.infer<typeof ProvenEntry>;

const size = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const ConsistencyParameters = z.strictObject({
  from: size.min(1),
  to: size.min(1).optional().meta({ description: 'The newest size when not given.' }),
});

export const Consistency = z.object({
  from: z.number().int(),
  to: z.number().int(),
  hashes: z.array(Sha256),
});
export type Consistency = z.infer<typeof Consistency>;

export const TransparencyParameters = z.strictObject({
  workspace_id: WorkspaceId.optional(),
  assessment_id: AssessmentId.optional(),
  test_id: TestId.optional(),
  signer: z.string().min(1).max(200).optional(),
  kind: z.enum(LOG_KINDS).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(10),
  /** As the earlier service took it; a cursor stays where it is while entries are added. */
  offset: z.coerce.number().int().min(0).max(100_000).default(0),
  cursor: z.string().max(200).optional(),
});
