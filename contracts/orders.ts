import { z } from 'zod';
import {
  EnrolSandbox,
  IssuePassword,
  RequestCompliance,
  RequestProduction,
  SubmitSample,
} from './enrolment.ts';
import { ERROR_STATUS, type ErrorCode } from './errors.ts';
import { TenantId } from './identifiers.ts';
import { AdmitKey, DeactivateKey, GenerateKey, RevokeKey } from './key-registry.ts';
import { BreakGlass } from './permission.ts';
import { SetPrivacyPolicy } from './privacy.ts';
import { PromoteDocuments } from './promotion.ts';
import { DeleteEvidence, SetLegalHold, SetRetention } from './retention.ts';
import { DecideReview } from './review.ts';
import { PREDICATE, STATEMENT_TYPE } from './statements.ts';
import { SetPolicy } from './trust-policy.ts';

export const OrderId = z.string().regex(/^order_[0-9a-f]{32}$/);

/** Everything that changes what Trust believes. */
export const TrustAction = z.discriminatedUnion('kind', [
  GenerateKey,
  AdmitKey,
  DeactivateKey,
  RevokeKey,
  IssuePassword,
  EnrolSandbox,
  RequestCompliance,
  SubmitSample,
  RequestProduction,
  SetPolicy,
  BreakGlass,
  SetPrivacyPolicy,
  DecideReview,
  PromoteDocuments,
  SetRetention,
  SetLegalHold,
  DeleteEvidence,
]);
export type TrustAction = z.infer<typeof TrustAction>;
export type ActionKind = TrustAction['kind'];

/**
 * An order to Trust, signed by the operator key that only the API holds. Whoever can write into the database or start a
 * workflow cannot give one: a worker that runs hostile code reaches both.
 */
export const OrderStatement = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.object({ name: z.string(), digest: z.object({ sha256: z.string() }) })).length(1),
  predicateType: z.literal(PREDICATE.order),
  predicate: z.strictObject({
    id: OrderId,
    tenant: TenantId,
    /** Who gave it, as the API knows them. */
    by: z.string().min(1).max(200),
    given_at: z.iso.datetime(),
    /** Not carried out after this: an order from long ago may no longer be meant. */
    expires_at: z.iso.datetime(),
    action: TrustAction,
  }),
});
export type OrderStatement = z.infer<typeof OrderStatement>;
export type Order = OrderStatement['predicate'];

const Code = z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]);

/** What became of an order; `result` is what the kind of action promises. */
export const OrderOutcome = z.discriminatedUnion('state', [
  z.object({ state: z.literal('done'), result: z.record(z.string(), z.unknown()) }),
  z.object({ state: z.literal('refused'), code: Code, message: z.string() }),
]);
export type OrderOutcome = z.infer<typeof OrderOutcome>;

export const OrderView = z.object({
  order_id: OrderId,
  kind: z.string(),
  by: z.string(),
  given_at: z.iso.datetime(),
  state: z.enum(['pending', 'done', 'refused']),
  code: Code.nullable(),
  message: z.string().nullable(),
  result: z.record(z.string(), z.unknown()).nullable(),
});
export type OrderView = z.infer<typeof OrderView>;
