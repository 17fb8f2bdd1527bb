import { z } from 'zod';

const digits = z.string().regex(/^\d{1,19}$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** Where a second log keeps a statement of ours, and the proof of it: everything that is needed to check it offline. */
export const RekorEntry = z.strictObject({
  v: z.literal(1),
  rekor_url: z.url(),
  uuid: z.string().regex(/^[0-9a-f]{64,80}$/),
  log_index: digits,
  log_id: hash,
  integrated_time: z.iso.datetime(),
  inclusion_proof: z.strictObject({
    log_index: digits,
    tree_size: digits,
    root_hash: hash,
    /** From the leaf upwards. */
    hashes: z.array(hash).max(64),
    checkpoint: z.string().max(16_384),
  }),
  /** The entry as a Sigstore bundle carries it: added to `tlogEntries` of the statement, stock tools verify it. */
  tlog_entry: z.record(z.string(), z.unknown()),
});
export type RekorEntry = z.infer<typeof RekorEntry>;
