import { z } from 'zod';
import { Sha256 } from './identifiers.ts';
import { Environment } from './keys.ts';

/** PKCS#10, in PEM. */
export const SigningRequestPem = z
  .string()
  .max(16 * 1024)
  .startsWith('-----BEGIN CERTIFICATE REQUEST-----');
export const EnrolmentId = z.string().regex(/^enr_[0-9a-f]{24}$/);

// What Trust is told, each step by an order of its own.
export const IssuePassword = z.strictObject({
  kind: z.literal('issue_password'),
  password_id: z.string().regex(/^otp_[0-9a-f]{16}$/),
  /** sha256 of the password, which itself goes to the newcomer and nowhere else. */
  password_digest: Sha256,
  environment: Environment,
  expires_at: z.iso.datetime(),
});
export const EnrolSandbox = z.strictObject({ kind: z.literal('enrol_sandbox'), csr: SigningRequestPem });
export const RequestCompliance = z.strictObject({
  kind: z.literal('request_compliance'),
  csr: SigningRequestPem,
  /** For the built-in authority, which knows passwords by their digest. */
  password_digest: Sha256,
  /** For an external gateway, which wants to see the password itself. */
  password: z.string().min(4).max(128).nullable(),
});
export const SubmitSample = z.strictObject({
  kind: z.literal('submit_sample'),
  enrolment_id: EnrolmentId,
  /** A Sigstore bundle: the challenge, signed with the key of the request. */
  sample: z.string().max(64 * 1024),
});
export const RequestProduction = z.strictObject({
  kind: z.literal('request_production'),
  enrolment_id: EnrolmentId,
});
export type IssuePassword = z.infer<typeof IssuePassword>;
export type EnrolSandbox = z.infer<typeof EnrolSandbox>;
export type RequestCompliance = z.infer<typeof RequestCompliance>;
export type SubmitSample = z.infer<typeof SubmitSample>;
export type RequestProduction = z.infer<typeof RequestProduction>;
