import { z } from 'zod';
import { readGitUrl } from './git-url.ts';
import { ComponentId, Scope, Sha256, TestId, WorkspaceId } from './identifiers.ts';
import { AccessLabel } from './index-record.ts';
import { READING_FORMATS } from './reading-formats.ts';
import { Cadence } from './schedule.ts';

export const IngestionId = z.string().regex(/^ing_[0-9a-f]{24}$/);
export type IngestionId = z.infer<typeof IngestionId>;
/** A source that is ingested again and again. */
export const SourceId = z.string().regex(/^source_[0-9a-f]{24}$/);
export type SourceId = z.infer<typeof SourceId>;

const Glob = z.string().min(1).max(300);
const Globs = z.array(Glob).max(100);
const WebUrl = z.url({ protocol: /^https?$/ }).max(2000);

/** One file that was brought: the bytes lie in `uploads` under their digest. */
export const UploadSource = z.strictObject({
  kind: z.literal('upload'),
  sha256: Sha256,
  size: z.number().int().min(0),
  name: z.string().min(1).max(512),
});
export const GitSource = z.strictObject({
  kind: z.literal('git'),
  url: z
    .string()
    .max(2000)
    .superRefine((url, context) => {
      const read = readGitUrl(url);
      if ('problem' in read) context.addIssue({ code: 'custom', message: read.problem });
    }),
  branch: z.string().max(255).optional(),
  include_globs: Globs.default([]),
  exclude_globs: Globs.default([]),
  max_file_size_kb: z.number().int().min(1).max(102_400).default(256),
  /** How many commits are documents as well: who, when and why, never the change itself. */
  history: z.number().int().min(0).max(100_000).default(0),
});
export const WebSource = z.strictObject({
  kind: z.literal('web'),
  urls: z.array(WebUrl).min(1).max(500),
  render: z.boolean().default(false),
});
export const CrawlSource = z.strictObject({
  kind: z.literal('web_crawl'),
  seed_urls: z.array(WebUrl).min(1).max(50),
  /** Of which hosts; those of the seeds when there are none. */
  allowed_domains: z.array(z.string().min(1).max(253)).max(50).default([]),
  /** Regular expressions of RE2's grammar, of the whole address. */
  allow_patterns: z.array(z.string().min(1).max(300)).max(50).default([]),
  deny_patterns: z.array(z.string().min(1).max(300)).max(50).default([]),
  max_pages: z.number().int().min(1).max(10_000).default(100),
  max_depth: z.number().int().min(0).max(20).default(1),
  render: z.boolean().default(false),
});
export const S3Source = z.strictObject({
  kind: z.literal('s3'),
  bucket: z.string().min(1).max(63),
  prefix: z.string().max(1000).default(''),
  include_globs: Globs.default([]),
  exclude_globs: Globs.default([]),
});
/** What golden shows of a run: its documents, its reports, its list of packages. Comes by itself after each promotion. */
export const GoldenSource = z.strictObject({ kind: z.literal('golden'), test_id: TestId });

/** What was in a folder: a list of its files lies in `uploads`, and so does each file, under its digest. */
export const FolderSource = z.strictObject({
  kind: z.literal('folder'),
  name: z.string().min(1).max(200),
  /** Digest of the list. */
  list: Sha256,
  files: z.number().int().min(0),
});
export const FolderFile = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(900)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'has control characters'),
  sha256: Sha256,
  size: z.number().int().min(0),
});
export type FolderFile = z.infer<typeof FolderFile>;
/** So that the list stays a few megabytes. */
export const MOST_FOLDER_FILES = 100_000;
export const FolderList = z.array(FolderFile).max(MOST_FOLDER_FILES);

/** As an agent's own configuration calls it; together with the agent it says where items belong. */
export const AgentSourceName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/);
/** One delivery of an agent. Nobody asks for it: it comes by the listener for agents, and no request takes this kind. */
export const AgentSource = z.strictObject({
  kind: z.literal('agent'),
  /** Id of the key that the agent enrolled. */
  agent: z.string().regex(/^[0-9a-f]{32}$/),
  source: AgentSourceName,
  /** Digest of what was signed. */
  delivery: Sha256,
  /** Digest of the signed bundle, under which it lies in `uploads`. */
  bundle: Sha256,
  sequence: z.number().int().min(1),
});
export type AgentSource = z.infer<typeof AgentSource>;

export const IngestionSource = z.discriminatedUnion('kind', [
  UploadSource,
  FolderSource,
  GitSource,
  WebSource,
  CrawlSource,
  S3Source,
  GoldenSource,
  AgentSource,
]);
export type IngestionSource = z.infer<typeof IngestionSource>;

/** How an item is read that no format says by itself: fields of a JSON document by JSONPath (RFC 9535). */
export const SchemaMapping = z.strictObject({
  tool_name: z.string().min(1).max(100),
  version: z.string().max(100).optional(),
  format: z.strictObject({
    findings_path: z.string().min(1).max(500),
    metadata: z.record(z.string().max(100), z.string().max(500)).default({}),
    mapping: z.strictObject({
      id: z.string().max(500).optional(),
      title: z.string().max(500),
      severity: z.string().max(500).optional(),
      description: z.string().max(500).optional(),
      type: z.string().max(500).optional(),
      file_path: z.string().max(500).optional(),
      line_start: z.string().max(500).optional(),
      line_end: z.string().max(500).optional(),
      code_snippet: z.string().max(500).optional(),
      references: z.string().max(500).optional(),
      remediation: z.string().max(500).optional(),
    }),
    /** Of the tool's own words for severity into ours. */
    severity_map: z.record(z.string().max(100), z.string().max(20)).default({}),
  }),
});
export type SchemaMapping = z.infer<typeof SchemaMapping>;

/** What the caller knows of the items; left out, each is told by what it holds. */
export const Reading = z.strictObject({
  format: z.enum(READING_FORMATS).default('auto'),
  schema: SchemaMapping.optional(),
});
export type Reading = z.infer<typeof Reading>;

/** How an ingestion reads its items: as its caller said, or as records that an agent has made of them. */
export const RunReading = Reading.extend({
  format: z.enum([...READING_FORMATS, 'delivered']).default('auto'),
});
export type RunReading = z.infer<typeof RunReading>;

/** What a run of the pipeline is given; where it has come to, it finds on its row. */
export const IngestionInput = z.object({
  scope: Scope,
  ingestionId: IngestionId,
  /** Null when it is done once: then nothing is remembered for a next time but what the items say. */
  sourceId: SourceId.nullable(),
  kind: z.enum(['upload', 'folder', 'git', 'web', 'web_crawl', 's3', 'golden', 'agent']),
  component: ComponentId.nullable(),
});
export type IngestionInput = z.infer<typeof IngestionInput>;

/** What a schedule ingests again and again. */
export const ScheduledIngestion = z.object({ scope: Scope, sourceId: SourceId });
export type ScheduledIngestion = z.infer<typeof ScheduledIngestion>;

export const IngestionState = z.enum(['running', 'paused', 'done', 'failed', 'cancelled']);
export type IngestionState = z.infer<typeof IngestionState>;

/** What became of one item. `skipped` is unchanged since it was last indexed. */
export const ItemOutcome = z.enum(['indexed', 'skipped', 'failed', 'removed']);
export type ItemOutcome = z.infer<typeof ItemOutcome>;

export const IngestionProgress = z.object({
  done: z.number().int(),
  failed: z.number().int(),
  skipped: z.number().int(),
  removed: z.number().int(),
  /** As far as it was listed. */
  listed: z.number().int(),
  bytes: z.number().int(),
  records: z.number().int(),
  masked: z.number().int(),
});
export type IngestionProgress = z.infer<typeof IngestionProgress>;

export const NO_PROGRESS: IngestionProgress = {
  done: 0,
  failed: 0,
  skipped: 0,
  removed: 0,
  listed: 0,
  bytes: 0,
  records: 0,
  masked: 0,
};

/** One item that could not be read: what it is called and why, never what it holds. */
export const FailedItem = z.object({
  key: z.string(),
  code: z.string(),
  message: z.string(),
  tries: z.number().int(),
  at: z.iso.datetime(),
});
export type FailedItem = z.infer<typeof FailedItem>;

export const IngestionView = z.object({
  ingestion_id: IngestionId,
  workspace_id: WorkspaceId,
  source_id: SourceId.nullable(),
  source: z.string(),
  source_location: z.string(),
  state: IngestionState,
  ...IngestionProgress.shape,
  /** Seconds; null while nobody can tell. */
  eta_seconds: z.number().int().nullable(),
  requested_by: z.string(),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  /** Why it failed; while it runs, what it waits for. */
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type IngestionView = z.infer<typeof IngestionView>;

const Labels = z.array(AccessLabel).max(20).default([]);

export const SourceView = z.object({
  source_id: SourceId,
  workspace_id: WorkspaceId,
  name: z.string(),
  kind: z.string(),
  location: z.string(),
  source: IngestionSource,
  labels: z.array(AccessLabel),
  created_by: z.string(),
  created_at: z.iso.datetime(),
  /** Null when nothing ingests it by itself. */
  schedule: Cadence.extend({ next_runs: z.array(z.string()) }).nullable(),
  last: IngestionView.nullable(),
});
export type SourceView = z.infer<typeof SourceView>;

export const SourceRequest = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  name: z.string().min(1).max(100),
  source: z.discriminatedUnion('kind', [GitSource, WebSource, CrawlSource, S3Source]),
  reading: Reading.prefault({}),
  labels: Labels,
});
export type SourceRequest = z.infer<typeof SourceRequest>;
