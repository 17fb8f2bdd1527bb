import { dirname, resolve } from 'node:path';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { readGitUrl } from '../../contracts/git-url.ts';
import { ComponentId, WorkspaceId } from '../../contracts/identifiers.ts';
import { AccessLabel } from '../../contracts/index-record.ts';
import { AllowedValue, CustomPattern } from '../../contracts/privacy.ts';

const MIB = 1024 * 1024;
const Path = z.string().min(1).max(4000);
const Globs = z.array(z.string().min(1).max(300)).max(100).default([]);
const Seconds = (otherwise: number) => z.number().int().min(1).max(604_800).default(otherwise);

/** What an agent calls a source; with its certificate it names at the platform where items belong. */
const Name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'a name is 1 to 63 of a-z 0-9 . _ -');

const ofEverySource = {
  name: Name,
  labels: z.array(AccessLabel).max(20).optional(),
  component: ComponentId.optional(),
};

const FolderSource = z.strictObject({
  kind: z.literal('folder'),
  ...ofEverySource,
  path: Path,
  include: Globs,
  exclude: Globs,
  every_seconds: Seconds(60),
  /** Also as soon as the system tells of a change. */
  watch: z.boolean().default(true),
});

const GitSource = z.strictObject({
  kind: z.literal('git'),
  ...ofEverySource,
  /** An address as git takes it, or a folder of this machine. */
  repository: z.string().min(1).max(2000),
  branch: z.string().min(1).max(255).optional(),
  include: Globs,
  exclude: Globs,
  max_file_kb: z.number().int().min(1).max(102_400).default(1024),
  history: z.number().int().min(0).max(100_000).default(0),
  /** A line `https://user:token@host` for each host. */
  credentials_file: Path.optional(),
  every_seconds: Seconds(300),
});

const S3Source = z.strictObject({
  kind: z.literal('s3'),
  ...ofEverySource,
  bucket: z.string().min(1).max(63),
  prefix: z.string().max(1000).default(''),
  include: Globs,
  exclude: Globs,
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  region: z.string().min(1).max(60).default('us-east-1'),
  access_key_id: z.string().min(1).max(200).optional(),
  secret_access_key_file: Path.optional(),
  every_seconds: Seconds(300),
});

const DropSource = z.strictObject({
  kind: z.literal('drop'),
  ...ofEverySource,
  /** Whoever reaches it may bring reports: other machines only with a token. */
  host: z.string().min(1).max(253).default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535).default(8765),
  max_bytes: z
    .number()
    .int()
    .min(1024)
    .max(512 * MIB)
    .default(64 * MIB),
  token_file: Path.optional(),
});

const SourceConfiguration = z.discriminatedUnion('kind', [FolderSource, GitSource, S3Source, DropSource]);
export type SourceConfiguration = z.infer<typeof SourceConfiguration>;
export type SourceOf<K extends SourceConfiguration['kind']> = Extract<SourceConfiguration, { kind: K }>;

const Document = z
  .strictObject({
    platform: z.strictObject({
      url: z.url({ protocol: /^https$/, error: 'give an address that begins with https://' }).max(2000),
      /** Who may have signed the platform's certificate: they, and nobody whom this machine trusts besides. */
      ca: Path,
      certificate: Path,
      key: Path,
    }),
    workspace: WorkspaceId.default('default'),
    component: ComponentId.nullable().default(null),
    labels: z.array(AccessLabel).max(20).default([]),
    spool: z.strictObject({
      folder: Path,
      key: Path,
      max_bytes: z
        .number()
        .int()
        .min(64 * MIB)
        .max(1024 ** 4)
        .default(1024 * MIB),
    }),
    /** Where repositories are fetched to while they are read. */
    work: Path,
    sanitizer: z
      .strictObject({
        allow: z.array(AllowedValue).max(1000).default([]),
        custom: z.array(CustomPattern).max(100).default([]),
        /** Surer than this nothing has to be to be masked: it can be lowered, and not raised. */
        min_confidence: z.number().min(0).max(0.4).default(0.4),
      })
      .prefault({}),
    limits: z
      .strictObject({
        threads: z.number().int().min(1).max(16).default(2),
        max_item_bytes: z
          .number()
          .int()
          .min(1024)
          .max(512 * MIB)
          .default(64 * MIB),
        max_items: z.number().int().min(1).max(1_000_000).default(200_000),
      })
      .prefault({}),
    log_level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    sources: z.array(SourceConfiguration).min(1).max(100),
  })
  .superRefine(({ sources }, context) => {
    const names = new Set<string>();
    for (const [at, source] of sources.entries()) {
      const fault = (field: string, message: string) =>
        context.addIssue({ code: 'custom', path: ['sources', at, field], message });
      if (names.has(source.name)) fault('name', 'another source has this name');
      names.add(source.name);
      if (source.kind === 'drop' && source.token_file === undefined && !LOOPBACK.has(source.host))
        fault('token_file', 'a drop that other machines reach takes a token');
      if (
        source.kind === 's3' &&
        (source.access_key_id === undefined) !== (source.secret_access_key_file === undefined)
      )
        fault('secret_access_key_file', 'an access key has an id and a secret');
      if (source.kind === 'git' && !isLocal(source.repository)) {
        const url = readGitUrl(source.repository);
        if ('problem' in url) fault('repository', url.problem);
      }
    }
  });

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/** `/srv/git/x`, `./x`: anything else is an address. */
export const isLocal = (repository: string): boolean => /^\.{0,2}\//.test(repository);

export type AgentConfiguration = z.infer<typeof Document>;

export type Configured =
  | { readonly configuration: AgentConfiguration }
  | { readonly faults: readonly { readonly path: string; readonly message: string }[] };

/** YAML, of which JSON is a part. Paths are meant from where the file is; every fault is told at once. */
export function readConfiguration(text: string, file: string): Configured {
  let document: unknown;
  try {
    document = parseYaml(text, { maxAliasCount: 100, logLevel: 'error' });
  } catch (error) {
    if (!(error instanceof YAMLParseError) && !(error instanceof ReferenceError)) throw error;
    // its message quotes the line
    const line = error instanceof YAMLParseError ? (error.linePos?.[0].line ?? 1) : 1;
    return { faults: [{ path: `line ${line}`, message: 'is neither YAML nor JSON' }] };
  }
  const read = Document.safeParse(document ?? {});
  if (read.success) return { configuration: withPaths(read.data, dirname(resolve(file))) };
  return {
    faults: read.error.issues.map(({ path, message }) => ({ path: path.join('.') || '(all)', message })),
  };
}

function withPaths(read: AgentConfiguration, folder: string): AgentConfiguration {
  const at = (path: string) => resolve(folder, path);
  const { platform, spool } = read;
  return {
    ...read,
    platform: {
      ...platform,
      url: platform.url.replace(/\/+$/, ''),
      ca: at(platform.ca),
      certificate: at(platform.certificate),
      key: at(platform.key),
    },
    spool: { ...spool, folder: at(spool.folder), key: at(spool.key) },
    work: at(read.work),
    sources: read.sources.map((source) => sourceWithPaths(source, at)),
  };
}

function sourceWithPaths(source: SourceConfiguration, at: (path: string) => string): SourceConfiguration {
  switch (source.kind) {
    case 'folder':
      return { ...source, path: at(source.path) };
    case 'git':
      return {
        ...source,
        repository: isLocal(source.repository) ? at(source.repository) : source.repository,
        ...(source.credentials_file === undefined ? {} : { credentials_file: at(source.credentials_file) }),
      };
    case 's3':
      return source.secret_access_key_file === undefined
        ? source
        : { ...source, secret_access_key_file: at(source.secret_access_key_file) };
    case 'drop':
      return source.token_file === undefined ? source : { ...source, token_file: at(source.token_file) };
  }
}
