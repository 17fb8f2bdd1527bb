import { z } from 'zod';
import { Bypass } from './denial.ts';
import { MediaType } from './documents.ts';
import { PermitId, Scope, Sha256, TestId } from './identifiers.ts';
import { RevocationReason } from './keys.ts';

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
export const SIGSTORE_BUNDLE_MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

export const PREDICATE = {
  provenance: 'https://slsa.dev/provenance/v1',
  permit: 'https://slsa.dev/verification_summary/v1',
  promotion: 'https://certus.dev/promotion/v1',
  /** That a promotion is taken back, and why. */
  quarantine: 'https://certus.dev/quarantine/v1',
  /** Trust's list of a tenant's keys, of which the newest version counts. */
  keySet: 'https://certus.dev/key-set/v1',
  /** What an administrator tells Trust to do. */
  order: 'https://certus.dev/order/v1',
  /** A further signature under the same bundle, where a policy asks for several. */
  endorsement: 'https://certus.dev/endorsement/v1',
  /** What a newcomer signs to show that it can. */
  complianceSample: 'https://certus.dev/compliance-sample/v1',
  /** Trust's word that a bundle was verified. It names no destination, and so opens no door. */
  verification: 'https://certus.dev/verification/v1',
  /** Transform's word on what it pushed to a registry, about the digest by which others pull it. */
  publication: 'https://certus.dev/publication/v1',
  /** Transform's word on what it looked for in a bundle, what it found, and what of it went on masked or not at all. */
  sanitize: 'https://certus.dev/sanitize/v1',
  /** That the bytes of a bundle were deleted, and by whose order. */
  tombstone: 'https://certus.dev/tombstone/v1',
} as const;

const Digest = z.object({ sha256: Sha256 });
export const Subject = z.object({ name: z.string(), digest: Digest });
export type Subject = z.infer<typeof Subject>;

const statement = <T extends string, P extends z.ZodType>(predicateType: T, predicate: P) =>
  z.object({
    _type: z.literal(STATEMENT_TYPE),
    subject: z.array(Subject).min(1),
    predicateType: z.literal(predicateType),
    predicate,
  });

/** What was done: our own tools looked, or somebody brought what others had found, and our word is about that only. */
export const BUILD_TYPES = [
  'https://certus.dev/security-scan/v1',
  'https://certus.dev/report-import/v1',
  'https://certus.dev/document-intake/v1',
] as const;

/** SLSA provenance v1 of a scan: what was looked at, with which tools, on whose request. */
export const ProvenanceStatement = statement(
  PREDICATE.provenance,
  z.object({
    buildDefinition: z.object({
      buildType: z.enum(BUILD_TYPES),
      externalParameters: z.record(z.string(), z.unknown()),
      internalParameters: z.object({
        tenant: Scope.shape.tenant,
        workspace: Scope.shape.workspace,
        test_id: TestId,
      }),
      resolvedDependencies: z.array(
        z.object({
          name: z.string(),
          uri: z.string().optional(),
          digest: z.record(z.string(), z.string()).optional(),
          annotations: z.record(z.string(), z.unknown()).optional(),
        }),
      ),
    }),
    runDetails: z.object({
      builder: z.object({ id: z.string(), version: z.record(z.string(), z.string()) }),
      metadata: z.object({
        invocationId: z.string(),
        startedOn: z.iso.datetime(),
        finishedOn: z.iso.datetime(),
      }),
    }),
  }),
);
export type ProvenanceStatement = z.infer<typeof ProvenanceStatement>;

/** SLSA verification summary v1 of a bundle: Trust's word that it may be published. */
export const PermitStatement = statement(
  PREDICATE.permit,
  z.object({
    verifier: z.object({ id: z.string(), version: z.record(z.string(), z.string()) }),
    timeVerified: z.iso.datetime(),
    resourceUri: z.string(),
    policy: z.object({ uri: z.string(), digest: Digest }),
    /** First the very provenance that was verified (another one, however valid, is not covered), then what else counted. */
    inputAttestations: z.array(z.object({ uri: z.string(), digest: Digest })).min(1),
    verificationResult: z.literal('PASSED'),
    verifiedLevels: z.array(z.string()),
    slsaVersion: z.string(),
    certus_permit: z.object({
      id: PermitId,
      tier: z.enum(['basic', 'verified']),
      /** Present when an administrator let pass what the rules held back: only the hashes were checked then. */
      bypass: Bypass.optional(),
      tenant: Scope.shape.tenant,
      workspace: Scope.shape.workspace,
      test_id: TestId,
      destinations: z.array(z.enum(['golden', 'oci'])).min(1),
      expires_at: z.iso.datetime(),
    }),
  }),
);
export type PermitStatement = z.infer<typeof PermitStatement>;

/** Transform's word on what it copied to golden, and by which permit. */
export const PromotionStatement = statement(
  PREDICATE.promotion,
  z.object({
    permit: z.object({ id: PermitId, digest: Digest }),
    bundle: z.object({ digest: Digest }),
    tenant: Scope.shape.tenant,
    workspace: Scope.shape.workspace,
    test_id: TestId,
    from: z.string(),
    to: z.string(),
    promotedOn: z.iso.datetime(),
    /** When the permit was used, where a person's decision came between that and the promotion. */
    permitUsedOn: z.iso.datetime().optional(),
  }),
);
export type PromotionStatement = z.infer<typeof PromotionStatement>;

/** Transform's word that a golden copy was taken away, by which order and because of which key. */
export const QuarantineStatement = statement(
  PREDICATE.quarantine,
  z.object({
    tenant: Scope.shape.tenant,
    workspace: Scope.shape.workspace,
    test_id: TestId,
    permit: z.object({ id: PermitId }),
    cause: z.union([
      z.object({ order: z.string(), key: z.string(), reason: RevocationReason }),
      z.object({
        drift: z
          .array(z.object({ code: z.string(), path: z.string() }))
          .min(1)
          .max(100),
      }),
    ]),
    from: z.string(),
    to: z.string(),
    quarantinedOn: z.iso.datetime(),
  }),
);
export type QuarantineStatement = z.infer<typeof QuarantineStatement>;

const SanitizedKind = z.object({ type: z.string().max(64), count: z.number().int().positive() });
const Release = z.object({
  order: z.string(),
  by: z.string(),
  reason: z.string(),
});

/**
 * What was looked for in a bundle and what was found, in kinds and counts. It says nothing of files that are as they were:
 * each file of the index that it does not name went on unchanged.
 */
export const SanitizeStatement = statement(
  PREDICATE.sanitize,
  z.object({
    tenant: Scope.shape.tenant,
    workspace: Scope.shape.workspace,
    test_id: TestId,
    bundle: z.object({ digest: Digest }),
    policy: z.object({ digest: Digest }),
    /** Which recognisers looked, by name and version. */
    rules: z.string().max(200),
    inspectedOn: z.iso.datetime(),
    /** It waits for a person, since then: this explains no published copy. */
    held: z.literal(true).optional(),
    looked_at: z.number().int(),
    /** Over all files. */
    kinds: z.array(SanitizedKind),
    files: z.array(
      z.object({
        path: z.string(),
        before: Digest,
        outcome: z.enum(['masked', 'withheld', 'released']),
        /** Of a masked file: what stands in its place, under the same name or beside it. */
        after: z
          .object({ path: z.string(), digest: Digest, size: z.number().int(), media_type: MediaType })
          .optional(),
        kinds: z.array(SanitizedKind),
        /** Who let it pass, of everybody it took. */
        released: z.array(Release).max(10).optional(),
      }),
    ),
  }),
);
export type SanitizeStatement = z.infer<typeof SanitizeStatement>;

/** Transform's word that the bytes of a golden copy are gone. Subjects are all that were deleted. */
export const TombstoneStatement = statement(
  PREDICATE.tombstone,
  z.object({
    tenant: Scope.shape.tenant,
    workspace: Scope.shape.workspace,
    test_id: TestId,
    permit: z.object({ id: PermitId }),
    bundle: z.object({ digest: Digest }),
    /** The order to delete it; null when its time was over. */
    order: z.string().nullable(),
    reason: z.string(),
    deletedOn: z.iso.datetime(),
  }),
);
export type TombstoneStatement = z.infer<typeof TombstoneStatement>;
