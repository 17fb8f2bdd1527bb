import { z } from 'zod';
import { DenialReason, Violation } from './denial.ts';
import { ComponentId, PermitId, Sha256, TestId, WorkspaceId } from './identifiers.ts';
import { KeyId } from './key-registry.ts';
import { RevocationReason } from './keys.ts';
import { UploadStatus } from './scan.ts';
import { Tier } from './trust-policy.ts';

/** Who looks may look at the chain as a whole, or as what hangs on what. */
export const ProvenanceParameters = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  format: z.enum(['document', 'graph']).default('document'),
});

export const CHAIN_LINKS = ['files', 'inner_signature', 'permit', 'log', 'promotion'] as const;

export const LinkState = z.enum([
  'holds',
  'fails',
  /** Not there, and not to be expected yet. */
  'absent',
  /** There is no way to tell from here. */
  'unknown',
]);
export type LinkState = z.infer<typeof LinkState>;

/** One link of the chain of custody, as it was found when it was asked for. */
export const ChainLink = z.object({
  link: z.enum(CHAIN_LINKS),
  state: LinkState,
  signer: z.string().nullable(),
  /** When it was made, as it says itself. */
  at: z.string().nullable(),
  detail: z.string(),
  fault: z.object({ family: z.string(), code: z.string() }).nullable(),
});
export type ChainLink = z.infer<typeof ChainLink>;

export const ChainStatus = z.enum(['complete', 'partial', 'broken']);
export type ChainStatus = z.infer<typeof ChainStatus>;
export const TrustLevel = z.enum(['high', 'medium', 'low', 'untrusted']);
export type TrustLevel = z.infer<typeof TrustLevel>;

/** Why the chain stands where it does. `code` is for programs. */
export const ProvenanceReason = z.object({ code: z.string(), message: z.string() });
export type ProvenanceReason = z.infer<typeof ProvenanceReason>;

/** How many files are not as they were signed, or were let pass by a person; null where nothing holds that says so. */
export const SanitizedCounts = z
  .object({ masked: z.number().int(), withheld: z.number().int(), released: z.number().int() })
  .nullable();
export type SanitizedCounts = z.infer<typeof SanitizedCounts>;

export const Provenance = z.object({
  scan_id: TestId,
  workspace_id: WorkspaceId,
  manifest: z.object({
    /** Of the schema; manifests carry no version of their own that we would vouch for. */
    version: z.string().nullable(),
    digest: Sha256.nullable(),
    signed_by: z.string().nullable(),
    signed_at: z.string().nullable(),
  }),
  scans: z.array(
    z.object({
      tool: z.string(),
      version: z.string().nullable(),
      outcome: z.string(),
      /** Whose signature stands under its result; null while none holds. */
      signed_by: z.string().nullable(),
      verified_by: z.string().nullable(),
      timestamp: z.string().nullable(),
    }),
  ),
  verification_trail: z.array(
    z.object({
      timestamp: z.string(),
      verifier: z.string(),
      result: z.enum(['passed', 'failed', 'recorded', 'withdrawn']),
      details: z.string(),
    }),
  ),
  storage_locations: z.object({
    s3: z.string().nullable(),
    oci: z.string().nullable(),
    /** Where the bytes that were looked at lie. */
    checked: z.enum(['golden', 'raw']).nullable(),
  }),
  links: z.array(ChainLink),
  sanitized: SanitizedCounts,
  chain_status: ChainStatus,
  trust_level: TrustLevel,
  reasons: z.array(ProvenanceReason),
});
export type Provenance = z.infer<typeof Provenance>;

export const GRAPH_NODE_KINDS = [
  'scan',
  'manifest',
  'source',
  'tool',
  'bundle',
  'key',
  'statement',
  'permit',
  'promotion',
  'quarantine',
  'location',
  'log_entry',
] as const;

/** The same as nodes and edges; an edge reads from left to right: `bundle signed_by key`. */
export const ProvenanceGraph = z.object({
  scan_id: TestId,
  workspace_id: WorkspaceId,
  nodes: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(GRAPH_NODE_KINDS),
      label: z.string(),
      state: LinkState.nullable(),
      data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    }),
  ),
  edges: z.array(z.object({ from: z.string(), to: z.string(), relation: z.string() })),
  chain_status: ChainStatus,
  trust_level: TrustLevel,
});
export type ProvenanceGraph = z.infer<typeof ProvenanceGraph>;

// Digests

/** `image` is what a registry serves. */
export const DIGEST_KINDS = ['bundle', 'file', 'statement', 'source', 'manifest', 'image'] as const;
export const DigestKind = z.enum(DIGEST_KINDS);
export type DigestKind = z.infer<typeof DigestKind>;

export const KnownDigest = z.object({ sha256: Sha256, kind: DigestKind, name: z.string().max(600) });
export type KnownDigest = z.infer<typeof KnownDigest>;

const Run = z.object({ workspace_id: WorkspaceId, test_id: TestId });

export const Taint = z.object({
  key_id: KeyId,
  at: z.string(),
  reason: RevocationReason,
  invalid_since: z.string().nullable(),
});
export type Taint = z.infer<typeof Taint>;

export const DigestLookup = z.object({
  digest: Sha256,
  bundles: z.array(
    Run.extend({
      kind: DigestKind,
      name: z.string(),
      component_id: ComponentId.nullable(),
      bundle_digest: Sha256.nullable(),
    }),
  ),
  permits: z.array(
    Run.extend({
      permit_id: PermitId,
      permitted: z.boolean(),
      tier: Tier,
      reason: DenialReason.nullable(),
      bypass: z.boolean(),
      decided_at: z.string(),
      expires_at: z.string().nullable(),
      tainted: z.array(Taint),
      log_entry_id: z.string().nullable(),
    }),
  ),
  promotions: z.array(
    Run.extend({
      upload_status: UploadStatus,
      golden_manifest: z.string().nullable(),
      oci_reference: z.string().nullable(),
    }),
  ),
  violations: z.array(Run.extend({ permit_id: PermitId }).extend(Violation.shape)),
  /** Whether there is more than is told here. */
  truncated: z.boolean(),
});
export type DigestLookup = z.infer<typeof DigestLookup>;

/** A run whose permit rests on a key that was revoked. */
export const TaintedRun = z.object({
  workspace_id: WorkspaceId,
  test_id: TestId,
  permit_id: PermitId,
  bundle_digest: Sha256,
  component: ComponentId,
  assessment: z.string(),
  upload_status: UploadStatus,
  golden_manifest: z.string().nullable(),
  oci_reference: z.string().nullable(),
});
export type TaintedRun = z.infer<typeof TaintedRun>;

export const TaintedList = z.object({
  key_id: KeyId,
  runs: z.array(TaintedRun),
  next_cursor: z.string().nullable(),
});
export type TaintedList = z.infer<typeof TaintedList>;

// The chain as the prior interface asks for it

const Location = z.string().min(1).max(1024);

/** A scan by its name, or by where its evidence is said to lie. What the caller says of signatures is held against the bytes. */
export const VerifyChainRequest = z.strictObject({
  scan_id: TestId.optional(),
  workspace_id: WorkspaceId.default('default'),
  artifact_locations: z.looseObject({ s3: Location.nullish(), registry: Location.nullish() }).optional(),
  signatures: z
    .looseObject({
      inner: z.looseObject({ signer: z.string().max(200).nullish() }).nullish(),
      outer: z.looseObject({ signer: z.string().max(200).nullish() }).nullish(),
    })
    .optional(),
  /** The entry of the permit, in our log. */
  sigstore_entry_id: z.string().max(200).nullish(),
});
export type VerifyChainRequest = z.infer<typeof VerifyChainRequest>;

/** Null says that it could not be told from here: no answer is a yes by default. */
const told = z.boolean().nullable();

export const VerifyChainAnswer = z.object({
  scan_id: TestId,
  chain_verified: z.boolean(),
  inner_signature_valid: z.boolean(),
  outer_signature_valid: z.boolean(),
  chain_unbroken: z.boolean(),
  signer_inner: z.string().nullable(),
  signer_outer: z.string().nullable(),
  sigstore_timestamp: z.string().nullable(),
  artifact_locations: z.object({
    s3_valid: z.boolean(),
    registry_valid: told,
    digests_match: told,
    content_identical: told,
  }),
  non_repudiation: z.object({
    assurance_accountable: z.boolean(),
    trust_verified: z.boolean(),
    timestamp_authority: told,
    provenance_chain: z.boolean(),
  }),
  links: z.array(ChainLink),
  /** Such files hold as the statement about them says: what is stored of a masked one is its masked copy. */
  sanitized: SanitizedCounts,
  /** What the caller said and the bytes do not. */
  contradictions: z.array(z.string()),
});
export type VerifyChainAnswer = z.infer<typeof VerifyChainAnswer>;
