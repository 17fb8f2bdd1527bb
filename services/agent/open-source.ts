import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readGitUrl } from '../../contracts/git-url.ts';
import { type IngestionSource, Reading } from '../../contracts/ingestion.ts';
import type { Connector } from '../connectors/connector.ts';
import { openClones } from '../connectors/git/clones.ts';
import { openGit } from '../connectors/git/git.ts';
import { openListings } from '../connectors/git/listings.ts';
import { openS3 } from '../connectors/s3/s3.ts';
import { s3Bucket } from '../connectors/s3/s3-bucket.ts';
import { connectS3 } from '../objects/s3-store.ts';
import {
  type AgentConfiguration,
  isLocal,
  type SourceConfiguration,
  type SourceOf,
} from './configuration.ts';
import { openDrop } from './drop-connector.ts';
import { openLocalFolder } from './folder-connector.ts';
import type { Inbox } from './inbox.ts';

export type OpenSource = {
  readonly connector: Connector;
  /** After all that it has told of is spooled. */
  readonly settled: () => Promise<void>;
};

/** A source for one reading of it. */
export async function openSource(
  source: SourceConfiguration,
  configuration: AgentConfiguration,
  inbox: Inbox,
): Promise<OpenSource> {
  switch (source.kind) {
    case 'folder':
      return plain(openLocalFolder(source, configuration.limits.max_items));
    case 'git':
      return plain(openRepository(source, configuration));
    case 's3':
      return plain(await openBucket(source));
    case 'drop': {
      const drop = openDrop(inbox, source.name);
      return { connector: drop, settled: drop.clear };
    }
  }
}

const plain = (connector: Connector): OpenSource => ({ connector, settled: async () => undefined });

/** Whoever wrote the configuration may name any repository: its own host, its own folder, and nothing beyond. */
function openRepository(source: SourceOf<'git'>, { work, limits, workspace }: AgentConfiguration): Connector {
  const { repository, branch, include, exclude, max_file_kb, history, credentials_file } = source;
  const url = isLocal(repository) ? undefined : readGitUrl(repository);
  const access = {
    roots: url === undefined ? [repository] : [],
    hosts: url !== undefined && 'host' in url ? [url.host] : [],
    credentialsFile: credentials_file,
    maxBytes: MAX_REPOSITORY,
    maxFiles: limits.max_items,
  };
  const git: Extract<IngestionSource, { kind: 'git' }> = {
    kind: 'git',
    url: repository,
    ...(branch === undefined ? {} : { branch }),
    ...{ include_globs: include, exclude_globs: exclude, max_file_size_kb: max_file_kb, history },
  };
  const clones = openClones(join(work, source.name), access, () => new Date());
  const deps = { git: { clones, listings: openListings(), maxFiles: limits.max_items } };
  return openGit(git, { scope: { tenant: 'site', workspace }, deps });
}

const MAX_REPOSITORY = 8 * 1024 ** 3;

async function openBucket(source: SourceOf<'s3'>): Promise<Connector> {
  const { bucket, prefix, include, exclude, endpoint, region, access_key_id, secret_access_key_file } =
    source;
  const secret =
    secret_access_key_file === undefined
      ? undefined
      : (await readFile(secret_access_key_file, 'utf8')).trim();
  const client = connectS3({ endpoint, region, accessKeyId: access_key_id, secretAccessKey: secret });
  const deps = { buckets: (name: string) => s3Bucket(client, name) };
  const connector = openS3(
    { kind: 's3', bucket, prefix, include_globs: include, exclude_globs: exclude },
    { deps },
  );
  return { ...connector, close: async () => client.destroy() };
}

/** What everything of a source is read as. */
export const readingOf = ({ kind }: SourceConfiguration): Reading =>
  Reading.parse(kind === 'drop' ? { format: 'sarif' } : {});
