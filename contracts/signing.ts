import { z } from 'zod';
import { ERROR_STATUS, type ErrorCode } from './errors.ts';
import { Scope, Sha256, TestId, WorkspaceId } from './identifiers.ts';
import { Environment } from './keys.ts';
import { jsonFault } from './plain-json.ts';
import { PREDICATE, STATEMENT_TYPE } from './statements.ts';

export const SignatureId = z
  .string()
  .regex(/^sign_[0-9a-f]{32}$/, 'a signature id looks like sign_ and 32 digits');

export const MAX_SIGN_ITEMS = 100;
export const MAX_CONTENT_BYTES = 16 * 1024 * 1024;
/** Of a whole request, in base64 and all. */
export const MAX_SIGN_REQUEST = 24 * 1024 * 1024;

/** How a verifier is told whose signature it is: by a key, by the certificate of that key, or by an identity alone. */
export const SignMode = z.enum(['keyed', 'certificate', 'keyless']);
export type SignMode = z.infer<typeof SignMode>;

const printable = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^\P{Cc}+$/u, 'has no control characters');

/** A predicate type is an address; ours of 300 characters fit into the log beside what they are about. */
export const PredicateType = z
  .string()
  .max(300)
  .regex(/^[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+$/, 'a predicate type is a URI');

const HEX_DIGITS: Readonly<Record<string, number>> = {
  sha1: 40,
  sha224: 56,
  sha256: 64,
  sha384: 96,
  sha512: 128,
  gitCommit: 40,
};

const SubjectDigest = z
  .record(z.string().regex(/^[A-Za-z0-9_]{1,32}$/), z.string().regex(/^[0-9a-f]{8,256}$/))
  .superRefine((digests, context) => {
    if (digests.sha256 === undefined)
      context.addIssue({ code: 'custom', message: 'a subject is named by its sha256 digest' });
    for (const [algorithm, hex] of Object.entries(digests)) {
      const digits = HEX_DIGITS[algorithm];
      if (digits !== undefined && hex.length !== digits)
        context.addIssue({ code: 'custom', path: [algorithm], message: `has not ${digits} digits` });
    }
  });

export const SignedSubject = z.strictObject({
  name: printable(512).optional(),
  uri: printable(2048).optional(),
  mediaType: printable(200).optional(),
  annotations: z.record(z.string().max(200), z.string().max(2000)).optional(),
  digest: SubjectDigest,
});

const Subjects = z.array(SignedSubject).min(1).max(100);

const Predicate = z.unknown().superRefine((value, context) => {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const fault = isObject ? jsonFault(value) : 'is an object';
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

/** Any in-toto statement. Which predicate types may be signed on request is a rule of its own. */
export const AnyStatement = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: Subjects,
  predicateType: PredicateType,
  predicate: Predicate,
});
export type AnyStatement = z.infer<typeof AnyStatement>;

const Content = z
  .base64()
  .max(Math.ceil(MAX_CONTENT_BYTES / 3) * 4)
  .meta({ description: 'The bytes to sign, in base64.' });

const StatementItem = z.strictObject({ statement: AnyStatement });
const ContentItem = z.strictObject({ artifact: Content, name: printable(512) });
const PredicateItem = z.strictObject({
  subject: Subjects,
  predicate_type: PredicateType,
  predicate: Predicate,
});
export const RequestedItem = z.union([StatementItem, ContentItem, PredicateItem]);
export type RequestedItem = z.infer<typeof RequestedItem>;

const FullForm = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  environment: Environment.optional(),
  mode: SignMode.default('keyed'),
  /** Of keyless signing: an OIDC token for the signer. It is used at once and kept nowhere. */
  identity_token: z
    .string()
    .max(16 * 1024)
    .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/, 'an identity token is a JSON Web Token')
    .optional(),
  items: z.array(RequestedItem).min(1).max(MAX_SIGN_ITEMS),
});

/** As the earlier Trust service took it: content in base64 or its digest, and what to say of it. */
const FormOfOld = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  artifact: z.union([z.string().regex(/^sha256:[0-9a-f]{64}$/), Content]),
  artifact_type: printable(200),
  subject: printable(512),
  predicates: z.record(PredicateType, Predicate).optional(),
});
export const SignRequest = z.union([FullForm, FormOfOld]);
export type SignRequest = z.infer<typeof SignRequest>;

/** One thing to sign. */
export const SignItem = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('statement'), statement: AnyStatement }),
  z.strictObject({ kind: z.literal('message'), name: printable(512), content: Content }),
]);
export type SignItem = z.infer<typeof SignItem>;

/** What was asked for, as it lies in the uploads under its digest; a keyless request brings its bundles. */
export const SignDocument = z.strictObject({
  schema: z.literal('https://certus.dev/sign-request/v1'),
  items: z.array(SignItem).min(1).max(MAX_SIGN_ITEMS),
  bundles: z.array(z.string().max(MAX_SIGN_REQUEST)).max(MAX_SIGN_ITEMS).optional(),
});
export type SignDocument = z.infer<typeof SignDocument>;

/** Of the workflow; what is to be signed never travels through its history. */
export const SignInput = z.object({
  scope: Scope,
  id: SignatureId,
  /** sha256 of the SignDocument. */
  request: Sha256,
  items: z.number().int().min(1),
  mode: SignMode,
  environment: Environment.nullable(),
  requestedAt: z.iso.datetime(),
});
export type SignInput = z.infer<typeof SignInput>;

const TransparencyEntry = z.object({
  uuid: z.string(),
  index: z.number().int(),
  timestamp: z.iso.datetime(),
});
export type TransparencyEntry = z.infer<typeof TransparencyEntry>;

const Code = z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]);

export const SignatureView = z.object({
  item: z.number().int(),
  kind: z.enum(['statement', 'message']),
  subjects: z.array(Sha256),
  predicate_type: z.string().nullable(),
  key_id: z.string(),
  /** sha256 of the bundle as it was stored. */
  digest: Sha256,
  transparency_entry: TransparencyEntry,
});
export type SignatureView = z.infer<typeof SignatureView>;

/** The fields of old speak of the first item. */
export const SignatureSet = z.object({
  signature_id: SignatureId,
  status: z.enum(['pending', 'done', 'failed']),
  entry_id: z.string().nullable(),
  signature: z.string().nullable(),
  certificate: z.string().nullable(),
  transparency_entry: TransparencyEntry.nullable(),
  signatures: z.array(SignatureView),
  /** Sigstore bundles v0.3, in the order of the items. */
  bundles: z.array(z.looseObject({ mediaType: z.string() })),
  code: Code.nullable(),
  message: z.string().nullable(),
});
export type SignatureSet = z.infer<typeof SignatureSet>;

// The outer signature of old: Trust's own word on a scan, after its own look at it.
const Location = printable(1024);
export const SignArtifactRequest = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  artifact_locations: z.strictObject({ s3: Location.optional(), registry: Location.optional() }).default({}),
  inner_signatures: z
    .strictObject({
      signer: printable(300).optional(),
      timestamp: z.string().max(64).optional(),
      signature: z.base64().max(4096).optional(),
      files: z
        .array(
          z.strictObject({
            path: printable(512),
            signature: z.string().max(4096).optional(),
            /** What the caller thinks of it counts for nothing. */
            verified: z.boolean().optional(),
          }),
        )
        .max(10_000)
        .default([]),
    })
    .default({ files: [] }),
  assessment_metadata: z
    .strictObject({
      scan_id: TestId.optional(),
      assessment_id: z.string().max(128).optional(),
      client_id: printable(200).optional(),
      assessment_type: printable(200).optional(),
      domains: z.array(printable(200)).max(100).optional(),
    })
    .default({}),
});
export type SignArtifactRequest = z.infer<typeof SignArtifactRequest>;

/** Of the workflow that verifies a scan and signs that it was. */
export const SignArtifactInput = z.object({
  scope: Scope,
  id: SignatureId,
  requestedAt: z.iso.datetime(),
  testId: TestId,
  /** What the caller takes for the inner signature; it must be so. */
  signer: z.string().nullable(),
  signature: z.string().nullable(),
  paths: z.array(z.string()),
  /** Where the caller says that it lies: raw, where Trust looks in any case, golden and the registry. */
  raw: z.string().nullable(),
  golden: z.string().nullable(),
  registry: z.string().nullable(),
});
export type SignArtifactInput = z.infer<typeof SignArtifactInput>;

/** What lies in a place: a digest over the names and digests of all its evidence. */
export const LookedAt = z.object({
  place: z.enum(['raw', 'golden', 'registry']),
  uri: z.string(),
  /** Where files were masked or withheld, with the signed files in their place, as the statement of that name accounts for. */
  content: Sha256,
  sanitize: Sha256.optional(),
});
export type LookedAt = z.infer<typeof LookedAt>;

export const VerificationStatement = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.object({ name: z.string(), digest: z.object({ sha256: Sha256 }) })).length(1),
  predicateType: z.literal(PREDICATE.verification),
  predicate: z.strictObject({
    verifier: z.object({ id: z.string(), version: z.record(z.string(), z.string()) }),
    timeVerified: z.iso.datetime(),
    tenant: Scope.shape.tenant,
    workspace: Scope.shape.workspace,
    test_id: TestId,
    assessment_id: z.string(),
    provenance: z.object({ digest: z.object({ sha256: Sha256 }), signer: z.string() }),
    /** Over names and digests of all evidence; the same for every place that was looked at. */
    content: z.object({ digest: z.object({ sha256: Sha256 }) }),
    locations: z.array(LookedAt).max(2),
  }),
});
export type VerificationStatement = z.infer<typeof VerificationStatement>;

export const SignedArtifact = z.object({
  status: z.enum(['signed', 'pending']),
  signature_id: SignatureId,
  assessment_id: z.string().nullable(),
  outer_signature: z
    .object({
      signer: z.string(),
      timestamp: z.iso.datetime(),
      signature: z.string(),
      sigstore_entry_id: z.string(),
      transparency_log_url: z.string(),
    })
    .nullable(),
  verification_proof: z
    .object({
      inner_signatures_verified: z.boolean(),
      /** Null where no place was named. */
      artifact_locations_valid: z.boolean().nullable(),
      chain_of_custody: z.literal('maintained'),
      /** Null where two were not named; false where one holds what the other masks. */
      both_locations_identical: z.boolean().nullable(),
    })
    .nullable(),
  bundle: z.looseObject({ mediaType: z.string() }).nullable(),
});
export type SignedArtifact = z.infer<typeof SignedArtifact>;
