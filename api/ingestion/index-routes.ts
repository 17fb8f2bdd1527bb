import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { ComponentId, type Scope, WorkspaceId } from '../../contracts/identifiers.ts';
import { AccessLabel } from '../../contracts/index-record.ts';
import {
  IndexAnswer,
  IndexCrawlRequest,
  IndexGitRequest,
  IndexS3Request,
  IndexSecurityS3Request,
  IndexWebRequest,
} from '../../contracts/index-routes.ts';
import { IngestionSource, Reading, SchemaMapping } from '../../contracts/ingestion.ts';
import { ingestKey } from '../../contracts/object-keys.ts';
import { requireMapping } from '../../services/ingest/require-mapping.ts';
import { AtOnce } from '../archives/at-once.ts';
import { type ReceivedFile, withReceivedFile } from '../archives/receive-file.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid } from '../problems.ts';
import { type Route, route } from '../route.ts';
import { answerExample } from './examples.ts';
import { ingestNow } from './ingest-now.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal' | 'objects' | 'search' | 'settings'>;

/** As clients of the earlier system bring something to be searched; each also stands in the list of ingestions. */
export function indexRoutes(deps: Deps): Route[] {
  const receiving = new AtOnce(MOST_AT_ONCE);
  return [file(deps, receiving), security(deps, receiving), ...BY_ADDRESS.map((way) => byAddress(deps, way))];
}

/** Each is on the disk of this server until it is stored. */
const MOST_AT_ONCE = 8;

const InWorkspace = z.object({ workspace_id: WorkspaceId });
const Given = IndexAnswer.meta({ id: 'IndexAnswer' });
const answers = {
  200: { description: 'It has ended.', schema: Given, example: answerExample },
  202: {
    description: 'It goes on; ask the resource in `Location`.',
    schema: Given,
    example: { ...answerExample, state: 'running' as const, document_count: 0, processed_files: 0 },
    headers: z.object({ Location: z.string() }),
  },
};
const errors = ['invalid_request', 'item_unreadable', 'source_not_found', 'dependency_unavailable'] as const;

const Labelled = z.strictObject({
  filename: z.string().max(255).optional().meta({ description: 'Name of a file that is sent alone.' }),
  labels: z
    .union([AccessLabel, z.array(AccessLabel).max(20)])
    .optional()
    .meta({ description: 'Who has one of them finds it; without any, everybody in the workspace.' }),
  component_id: ComponentId.optional(),
});

const file = (deps: Deps, receiving: AtOnce) =>
  route({
    method: 'post',
    path: '/v1/{workspace_id}/index',
    id: 'indexFile',
    summary: 'Index a file',
    description:
      'Of any format that is known by its content: what cannot be read is an error with its reason, and never a success with ' +
      'nothing in it. Personal data and secrets are taken out before it is indexed.',
    tag: 'ingestion',
    auth: 'token',
    params: InWorkspace,
    query: Labelled,
    upload: { field: FIELD, description: 'The file.' },
    answers,
    errors: [...errors, 'payload_too_large'],
    handle: ({ principal, params, query, upload, requestId }) => {
      const scope = { tenant: principal.tenant, workspace: params.workspace_id };
      const rules = rulesOf(deps, query.filename, []);
      return receiving.during(() =>
        withReceivedFile(upload, rules, async (received) => {
          const reading = Reading.parse({});
          return ingestNow(
            deps,
            principal,
            scope,
            { ...(await brought(deps, scope, received, query)), reading },
            requestId,
          );
        }),
      );
    },
  });

const FIELD = 'uploaded_file';
const SECURITY_FIELDS = ['format', 'tool_hint', 'schema_dict', 'tier'];

const security = (deps: Deps, receiving: AtOnce) =>
  route({
    method: 'post',
    path: '/v1/{workspace_id}/index/security',
    id: 'indexSecurity',
    summary: 'Index what a security tool wrote',
    description:
      'SARIF, SPDX, CycloneDX, VEX, in-toto, and reports of many scanners, told by content; `format` insists on one. ' +
      '`schema_dict`, as JSON, says by JSONPath where anything else has its findings.',
    tag: 'ingestion',
    auth: 'token',
    params: InWorkspace,
    query: Labelled,
    upload: {
      field: FIELD,
      description: 'The report; format, tool_hint and schema_dict may stand beside it.',
    },
    answers,
    errors: [...errors, 'payload_too_large'],
    handle: ({ principal, params, query, upload, requestId }) => {
      const scope = { tenant: principal.tenant, workspace: params.workspace_id };
      const rules = rulesOf(deps, query.filename, SECURITY_FIELDS);
      return receiving.during(() =>
        withReceivedFile(upload, rules, async (received) => {
          const reading = readingOf(received.fields);
          return ingestNow(
            deps,
            principal,
            scope,
            { ...(await brought(deps, scope, received, query)), reading },
            requestId,
          );
        }),
      );
    },
  });

const rulesOf = ({ settings }: Deps, filename: string | undefined, plain: readonly string[]) => ({
  filename,
  maxBytes: settings.CERTUS_INGEST_MAX_BYTES,
  shape: { field: FIELD, plain },
  refuse: (head: Uint8Array) => {
    if (head.length === 0) throw invalid([{ path: FIELD, message: 'is empty' }]);
  },
});

function readingOf(fields: Readonly<Record<string, string>>): Reading {
  if (fields.tier !== undefined && fields.tier !== 'free')
    throw invalid([
      { path: 'tier', message: 'what is verified is indexed from golden: POST /v1/ingest/security' },
    ]);
  const schema = fields.schema_dict === undefined ? undefined : mappingOf(fields.schema_dict);
  return readingAs(fields.format ?? fields.tool_hint ?? 'auto', schema);
}

/** A mapping is only given to be used; its paths are looked at before anything is stored. */
function readingAs(format: string, schema: SchemaMapping | undefined): Reading {
  if (schema !== undefined) requireMapping(schema, 'schema_dict');
  const reading = Reading.safeParse(schema === undefined ? { format } : { format: 'jsonpath', schema });
  if (!reading.success) throw invalid([{ path: 'format', message: 'is not known' }]);
  return reading.data;
}

function mappingOf(text: string): SchemaMapping {
  const parsed = SchemaMapping.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw invalid(
    parsed.error.issues.map(({ path, message }) => ({ path: ['schema_dict', ...path].join('.'), message })),
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CertusError('invalid_request', 'schema_dict is no JSON', { cause });
  }
}

/** Stored first: the run reads it from there, now and when it is asked for again. */
async function brought(
  { objects }: Deps,
  scope: Scope,
  { filename, sha256, size, read }: ReceivedFile,
  { labels = [], component_id }: z.infer<typeof Labelled>,
) {
  const uploads = await objects.uploads();
  const options = { contentType: 'application/octet-stream', sha256, size, ifAbsent: true };
  await uploads.put(ingestKey(scope, sha256), read(), options);
  const source = { kind: 'upload', sha256, size, name: filename } as const;
  return { source, ...ownership([labels].flat(), component_id) };
}

const ownership = (labels: readonly string[], component: string | undefined) => ({
  labels,
  ...(component === undefined ? {} : { component }),
});

type Way = {
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly schema: z.ZodType;
  readonly example: unknown;
  readonly source: (body: never) => unknown;
  /** As its caller wants it read; by what it holds, where nothing is said. */
  readonly reading?: (body: never) => Reading;
};

const BY_ADDRESS: readonly Way[] = [
  {
    path: 'git',
    id: 'indexGit',
    summary: 'Index a git repository',
    schema: IndexGitRequest.meta({ id: 'IndexGitRequest' }),
    example: { repo_url: 'https://git.example.com/payments.git', include_globs: ['**/*.md'] },
    source: ({ repo_url: url, ...rest }: z.infer<typeof IndexGitRequest>) => ({ kind: 'git', url, ...rest }),
  },
  {
    path: 'web',
    id: 'indexWeb',
    summary: 'Index web pages',
    schema: IndexWebRequest.meta({ id: 'IndexWebRequest' }),
    example: { urls: ['https://docs.example.com/install'] },
    source: (body: z.infer<typeof IndexWebRequest>) => ({ kind: 'web', ...body }),
  },
  {
    path: 'web/crawl',
    id: 'indexCrawl',
    summary: 'Index a web site',
    schema: IndexCrawlRequest.meta({ id: 'IndexCrawlRequest' }),
    example: { seed_urls: ['https://docs.example.com/'], max_pages: 50 },
    source: (body: z.infer<typeof IndexCrawlRequest>) => ({ kind: 'web_crawl', ...body }),
  },
  {
    path: 's3',
    id: 'indexS3',
    summary: 'Index what lies below a prefix of a bucket',
    schema: IndexS3Request.meta({ id: 'IndexS3Request' }),
    example: { bucket_name: 'handbook', prefix: 'policies/' },
    source: ({ bucket_name: bucket, ...rest }: z.infer<typeof IndexS3Request>) => ({
      kind: 's3',
      bucket,
      ...rest,
    }),
  },
  {
    path: 'security/s3',
    id: 'indexSecurityObject',
    summary: 'Index a report that lies in a bucket',
    schema: IndexSecurityS3Request.meta({ id: 'IndexSecurityS3Request' }),
    example: { bucket_name: 'reports', key: 'nightly/bandit.json', format: 'bandit' },
    source: ({ bucket_name, key, labels, component_id }: z.infer<typeof IndexSecurityS3Request>) => ({
      ...{ kind: 's3', bucket: bucket_name, prefix: key, exclude_globs: ['**'] },
      ...ownership(labels, component_id),
    }),
    reading: ({ format, tool_hint, schema_dict }: z.infer<typeof IndexSecurityS3Request>) =>
      readingAs(format === 'auto' ? (tool_hint ?? format) : format, schema_dict),
  },
];

const byAddress = (deps: Deps, { path, id, summary, schema, example, source, reading }: Way) =>
  route({
    method: 'post',
    path: `/v1/{workspace_id}/index/${path}`,
    id,
    summary,
    tag: 'ingestion',
    auth: 'token',
    params: InWorkspace,
    body: { schema, examples: { one: example } },
    answers,
    errors: [...errors, 'source_not_allowed', 'source_unreachable'],
    handle: async ({ principal, params, body, requestId }) => {
      const scope = { tenant: principal.tenant, workspace: params.workspace_id };
      const { labels, component_id, ...asked } = source(body as never) as {
        readonly labels: string[];
        readonly component_id?: string;
      };
      const start = {
        source: IngestionSource.parse(asked),
        reading: reading?.(body as never) ?? Reading.parse({}),
      };
      return ingestNow(deps, principal, scope, { ...start, ...ownership(labels, component_id) }, requestId);
    },
  });
