import { join } from 'node:path';
import type { Scope } from '../../../contracts/identifiers.ts';
import { IngestionSource } from '../../../contracts/ingestion.ts';
import type { Connector, Json, SourceItem, SourcePage } from '../../../services/connectors/connector.ts';
import type { ConnectorDeps } from '../../../services/connectors/deps.ts';
import { openClones } from '../../../services/connectors/git/clones.ts';
import { openListings } from '../../../services/connectors/git/listings.ts';
import { openConnector } from '../../../services/connectors/open-connector.ts';
import { storedBucket } from '../../../services/connectors/s3/stored-bucket.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import { openWeb, type WebAccess } from '../../../services/web/open-web.ts';

export const SCOPE: Scope = { tenant: 'acme', workspace: 'web' };

type Wanted = {
  /** For clones and, below it, objects. */
  readonly folder: string;
  readonly roots?: readonly string[];
  readonly hosts?: readonly string[];
  readonly maxBytes?: number;
  readonly credentialsFile?: string;
  readonly maxFiles?: number;
  readonly web?: Partial<WebAccess>;
};

/** What a worker has, on this machine; nobody is waited for. */
export function depsIn({
  folder,
  roots = [],
  hosts = [],
  maxBytes = 64 * 1024 * 1024,
  maxFiles = 10_000,
  credentialsFile,
  web,
}: Wanted): ConnectorDeps {
  const objects = openDirectoryStore(join(folder, 'objects'));
  const now = () => new Date();
  const access = { roots, hosts, credentialsFile, maxBytes, maxFiles };
  return {
    uploads: objects.readable('uploads'),
    golden: objects.readable('golden'),
    buckets: (name) => storedBucket(objects.readable(name)),
    git: { clones: openClones(join(folder, 'clones'), access, now), listings: openListings(), maxFiles },
    web: openWeb({ allowedHosts: ['127.0.0.1'], pauseMs: 0, sleep: async () => undefined, ...web }),
    renderer: undefined,
    now,
  };
}

/** As a request has it: what is left out takes its usual value. */
export const open = (source: object, deps: ConnectorDeps, scope = SCOPE): Connector =>
  openConnector(IngestionSource.parse(source), scope, deps);

export const signal = new AbortController().signal;

/** All pages, each by another worker that knows only what the last one has written down. */
export async function listAll(
  reopen: () => Connector,
  { limit = 100, checkpoint = null }: { readonly limit?: number; readonly checkpoint?: Json } = {},
) {
  const pages: SourcePage[] = [];
  let cursor: Json = null;
  do {
    const connector = reopen();
    const page: SourcePage = await connector.page({ cursor, checkpoint, limit, signal });
    pages.push(page);
    cursor = JSON.parse(JSON.stringify(page.cursor)) as Json;
    if (pages.length > 1000) throw new Error('the listing has no end');
  } while (cursor !== null);
  const last = pages.at(-1) as SourcePage;
  return {
    pages,
    items: pages.flatMap(({ items }) => items),
    keys: pages.flatMap(({ items }) => items.map(({ key }) => key)),
    gone: pages.flatMap(({ gone }) => gone),
    lost: pages.flatMap(({ lost }) => lost.map(({ key, code }) => `${code} ${key}`)),
    checkpoint: last.checkpoint,
    listedAll: last.listedAll,
  };
}

export async function textOf(
  connector: Connector,
  item: SourceItem | undefined,
  known?: string,
): Promise<string | null> {
  if (item === undefined) throw new Error('there is no such item');
  const fetched = await connector.fetch(item, { known, maxBytes: 1024 * 1024, signal });
  return fetched === null ? null : Buffer.from(fetched.bytes).toString('utf8');
}

export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: { code?: string }) => error.code ?? String(error),
  );
