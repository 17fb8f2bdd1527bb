import { z } from 'zod';
import { Sha256 } from './identifiers.ts';
import { KeyId } from './key-registry.ts';
import { Environment } from './keys.ts';
import { PREDICATE, STATEMENT_TYPE } from './statements.ts';

/** PKCS#10, in PEM. */
export const SigningRequestPem = z
  .string()
  .max(16 * 1024)
  .startsWith('-----BEGIN CERTIFICATE REQUEST-----');
export const EnrolmentId = z.string().regex(/^enr_[0-9a-f]{24}$/);
export const PasswordId = z.string().regex(/^otp_[0-9a-f]{16}$/);

// What Trust is told, each step by an order of its own.
export const IssuePassword = z.strictObject({
  kind: z.literal('issue_password'),
  password_id: PasswordId,
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

/** Signed with the key of the request, it shows that the newcomer holds that key and signs as is expected. */
export const ComplianceSampleStatement = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.object({ name: EnrolmentId, digest: z.object({ sha256: Sha256 }) })).length(1),
  predicateType: z.literal(PREDICATE.complianceSample),
  predicate: z.strictObject({
    enrolment_id: EnrolmentId,
    key_id: KeyId,
    environment: Environment,
    challenge: Sha256,
  }),
});
export type ComplianceSampleStatement = z.infer<typeof ComplianceSampleStatement>;

export const ENROLMENT_STATES = [
  'sandbox_issued',
  'compliance_issued',
  'sample_verified',
  'production_issued',
] as const;
export type EnrolmentState = (typeof ENROLMENT_STATES)[number];

export const EnrolmentView = z.object({
  enrolment_id: EnrolmentId,
  state: z.enum(ENROLMENT_STATES),
  environment: Environment,
  key_id: KeyId,
  /** What the sample has to say; nobody knew it before the enrolment. */
  challenge: Sha256,
  compliance_certificate_pem: z.string().nullable(),
  /** The certificate and its issuers, leaf first, once there is one. */
  certificate_pem: z.string().nullable(),
  sample_verified_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  /** When the next step must have been made; of what is done, when the certificate ends. */
  expires_at: z.iso.datetime(),
});
export type EnrolmentView = z.infer<typeof EnrolmentView>;

export const PasswordRequest = z.strictObject({
  /** A certificate for the sandbox takes no password. */
  environment: z.literal('production').default('production'),
  ttl_minutes: z
    .number()
    .int()
    .min(1)
    .max(7 * 24 * 60)
    .default(60),
});
export const PasswordView = z.object({
  password_id: PasswordId,
  /** Shown this once. */
  password: z.string(),
  environment: Environment,
  expires_at: z.iso.datetime(),
  /** Present while Trust has not taken note of it yet: it opens nothing before that. */
  order_id: z.string().optional(),
});
export type PasswordView = z.infer<typeof PasswordView>;

export const SandboxRequest = z.strictObject({ csr: SigningRequestPem });
export const ComplianceRequest = z.strictObject({
  csr: SigningRequestPem,
  password: z.string().min(4).max(128),
});
export const SampleRequest = z.strictObject({
  /** A Sigstore bundle v0.3 over the statement that names the challenge. */
  bundle: z.record(z.string(), z.unknown()),
});

/** Of a step that Trust has yet to take. */
export const StepAccepted = z.object({ order_id: z.string(), enrolment_id: EnrolmentId.nullable() });
export type StepAccepted = z.infer<typeof StepAccepted>;

/** Upper-case hexadecimal would be another name of the same number. */
export const SerialNumber = z.string().regex(/^[0-9a-f]{2,40}$/);
export const CERTIFICATE_STATUSES = ['good', 'revoked', 'unknown'] as const;

/** What the newest signed revocation list says of one certificate. */
export const CertificateStatus = z.object({
  serial: SerialNumber,
  status: z.enum(CERTIFICATE_STATUSES),
  revoked_at: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
  /** Of the list that it was read from; null when none was ever issued. */
  list_number: z.number().int().nullable(),
  this_update: z.iso.datetime().nullable(),
  next_update: z.iso.datetime().nullable(),
});
export type CertificateStatus = z.infer<typeof CertificateStatus>;
