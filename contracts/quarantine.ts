import { z } from 'zod';
import { PermitId, Sha256 } from './identifiers.ts';
import { KeyId } from './key-registry.ts';
import { RevocationReason } from './keys.ts';
import { OrderId } from './orders.ts';
import { Notice } from './scan.ts';
import { RunIdentity } from './workflows.ts';

/** A golden copy to be taken away: on the order that revoked a key, or because it is not what was promoted. */
export const QuarantineInput = RunIdentity.extend({
  permitId: PermitId,
  bundleDigest: Sha256,
  cause: z.union([
    z.object({ orderId: OrderId, keyId: KeyId, reason: RevocationReason }),
    /** What an audit found changed. */
    z.object({
      drift: z
        .array(z.object({ code: z.string(), path: z.string() }))
        .min(1)
        .max(100),
    }),
  ]),
});
export type QuarantineInput = z.infer<typeof QuarantineInput>;

/** What the zones tell each other: the signed notice itself, so that each can check it. */
export const QuarantinedCopy = z.object({
  /** The statement, as text; it is small. */
  notice: z.string(),
  location: z.string(),
  notices: z.array(Notice),
});
export type QuarantinedCopy = z.infer<typeof QuarantinedCopy>;

export const QuarantineOutcome = z.object({
  location: z.string(),
  /** Whether the registry serves it no longer; `forbidden` where it deletes nothing. */
  oci: z.enum(['withdrawn', 'absent', 'forbidden']),
  forgotten: z.number().int(),
  logIndex: z.number().int(),
  notices: z.array(Notice),
});
export type QuarantineOutcome = z.infer<typeof QuarantineOutcome>;
