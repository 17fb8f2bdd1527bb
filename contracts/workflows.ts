import { z } from 'zod';
import { AssessmentId, ComponentId, PermitId, Scope, Sha256, TestId } from './identifiers.ts';
import { Manifest } from './manifest.ts';
import { Notice } from './scan.ts';
import { Destination, Tier } from './trust-policy.ts';

export const Source = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('git'),
    /** A URL without credentials, or an absolute path below an allowed root. */
    url: z.string(),
    branch: z.string().optional(),
    tag: z.string().optional(),
    commit: z.string().optional(),
    submodules: z.boolean().optional(),
  }),
  z.object({ type: z.literal('directory'), path: z.string() }),
  /** An archive that was uploaded: named by its digest, so that nobody can name another's. */
  z.object({ type: z.literal('archive'), sha256: Sha256, name: z.string() }),
  z.object({ type: z.literal('s3'), bucket: z.string(), prefix: z.string() }),
  /** An image or artifact in a registry, by tag or digest. */
  z.object({ type: z.literal('oci'), reference: z.string() }),
  /** Results that another pipeline brings: there is nothing to scan, only to normalise, gate and sign. */
  z.object({
    type: z.literal('sarif'),
    sha256: Sha256,
    commit: z.string(),
    ref: z.string(),
    repository: z.string(),
  }),
]);
export type Source = z.infer<typeof Source>;

export const RunIdentity = z.object({
  scope: Scope,
  component: ComponentId,
  assessment: AssessmentId,
  testId: TestId,
});
export type RunIdentity = z.infer<typeof RunIdentity>;

/** Where the manifest of a run comes from. All but the first are read by the run itself, and checked there. */
export const ManifestSource = z.discriminatedUnion('type', [
  z.object({ type: z.literal('inline'), manifest: Manifest, digest: Sha256 }),
  z.object({ type: z.literal('repository'), path: z.string() }),
  z.object({ type: z.literal('uri'), uri: z.string(), signatureUri: z.string().nullable() }),
]);
export type ManifestSource = z.infer<typeof ManifestSource>;

/** A manifest that was read, held against its schema and, where that is asked for, its signature. */
export const ResolvedManifest = z.object({
  manifest: Manifest,
  /** Of an inline manifest over its canonical JSON, of any other over its bytes. */
  digest: Sha256,
  /** Key id of who signed it; null when nobody had to. */
  signedBy: z.string().nullable(),
});
export type ResolvedManifest = z.infer<typeof ResolvedManifest>;

export const ScanInput = RunIdentity.extend({
  source: Source,
  profile: z.string(),
  manifest: ManifestSource,
  requestedBy: z.string().nullable(),
  /** When it was asked for, ISO 8601. */
  requestedAt: z.string(),
  /** Whether the run goes on to permit and publication by itself, or waits for an upload request. */
  publish: z.boolean(),
});
export type ScanInput = z.infer<typeof ScanInput>;

/** A run without the text of its manifest, which a history would else repeat with every step of it. */
export const ScanRun = ScanInput.omit({ manifest: true });
export type ScanRun = z.infer<typeof ScanRun>;

/** A scan that is started again and again: everything but which one it is. */
export const ScheduledScan = ScanInput.omit({ testId: true, requestedAt: true });
export type ScheduledScan = z.infer<typeof ScheduledScan>;

/** What the checkout turned out to be. */
export const Checkout = z.object({
  commit: z.string().nullable(),
  branch: z.string().nullable(),
  tag: z.string().nullable(),
  /** sha256 of the archive that was unpacked, or digest of the manifest that a registry gave. */
  originDigest: z.string().nullable(),
  /** Over names, modes and bytes of every file that is scanned. */
  contentHash: Sha256,
  files: z.number().int(),
  bytes: z.number().int(),
  /** What was left out, and why: nothing is skipped in silence. */
  skipped: z.array(Notice),
});
export type Checkout = z.infer<typeof Checkout>;

/** A bundle in raw, by reference: its files never travel through workflow history. */
export const BundleReference = z.object({
  /** Key prefix in raw, ending in "/". */
  prefix: z.string(),
  /** sha256 of bundle.json, which lists every other file with its digest. */
  digest: Sha256,
});
export type BundleReference = z.infer<typeof BundleReference>;

export const PermitDecision = z.object({
  permitId: PermitId,
  permitted: z.boolean(),
  reason: z.string().nullable(),
});
export type PermitDecision = z.infer<typeof PermitDecision>;

/** A question besides the run's own: on which ground, for what, and what the caller says of its files. */
export const PermitAsk = z.object({
  /** The digest of the request: the same request finds the same decision. */
  ground: z.string(),
  tier: Tier,
  destinations: z.array(Destination),
  signer: z.string().nullable(),
  artifacts: z.array(z.object({ name: z.string(), sha256: Sha256, size: z.number().nullable() })),
});
export type PermitAsk = z.infer<typeof PermitAsk>;

export const PermitInput = z.object({ run: RunIdentity, bundle: BundleReference, ask: PermitAsk });
export type PermitInput = z.infer<typeof PermitInput>;

/** Permit and publication of evidence that is signed already. */
export const UploadInput = RunIdentity.extend({
  bundle: BundleReference,
  requestedBy: z.string().nullable(),
  /** A permit that was given before, on another question than the run's own. */
  permitId: PermitId.optional(),
});
export type UploadInput = z.infer<typeof UploadInput>;

export const PublishInput = RunIdentity.extend({ bundle: BundleReference, permitId: PermitId });
export type PublishInput = z.infer<typeof PublishInput>;

/** Where its golden copy lies follows from the run; nobody gets to name it. */
export type IngestInput = RunIdentity;

export const Ingestion = z.object({
  indexed: z.number().int(),
  masked: z.number().int(),
  failed: z.array(Notice),
});
export type Ingestion = z.infer<typeof Ingestion>;

export const Publication = z.object({
  /** Where a person finds the object that makes the golden copy visible. */
  goldenManifest: z.string(),
  goldenBundle: z.string(),
  /** Null when the permit is for golden alone. */
  ociReference: z.string().nullable(),
  ingestion: Ingestion,
});
export type Publication = z.infer<typeof Publication>;

/** What became of evidence that was held back for a review, and that nobody let go. */
export const Unpublished = z.object({ unpublished: z.enum(['rejected', 'expired']), reviewId: z.string() });
export type Unpublished = z.infer<typeof Unpublished>;
