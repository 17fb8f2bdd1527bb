import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { toTemporalFailure } from '../../../activities/failures.ts';
import { createSourceActivities } from '../../../activities/ingest/create-source-activities.ts';
import { taskQueue } from '../../../contracts/zones.ts';
import type { Connector } from '../../../services/connectors/connector.ts';
import { openClones } from '../../../services/connectors/git/clones.ts';
import { openListings } from '../../../services/connectors/git/listings.ts';
import { openConnector } from '../../../services/connectors/open-connector.ts';
import type { SourceBuckets } from '../../../services/connectors/s3/source-bucket.ts';
import { openItemReader } from '../../../services/ingest/open-item-reader.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { SearchIndex } from '../../../services/search/search-index.ts';
import { openWeb } from '../../../services/web/open-web.ts';
import { type Answer, type Asking, needed, startApi } from '../api-harness.ts';

const BOUNDARY = 'certus-form';

type More = {
  readonly search?: SearchIndex;
  /** None is a source when not given. */
  readonly buckets?: SourceBuckets;
};

/** The API and the ingest zone, with a real index, real sources and a real reader. */
export async function startIngesting(
  folder: string,
  webHosts: readonly string[] = [],
  { search, buckets = noBucket }: More = {},
) {
  const store = openDirectoryStore(join(folder, 'objects'));
  mkdirSync(join(folder, 'repositories'), { recursive: true });
  const api = await startApi({
    ...{ store, temporalAddress: needed('CERTUS_TEMPORAL_ADDRESS') },
    ...(search === undefined ? {} : { search }),
  });
  const { database, trust } = api.deps;
  const bucket = (name: string) => store.readable(name);
  await store.bucket('golden');
  const now = () => new Date();
  const reader = openItemReader({ threads: 1, maxBytes: 16 * 1024 * 1024 });
  const access = {
    roots: [folder],
    hosts: ['127.0.0.1'],
    credentialsFile: undefined,
    maxBytes: 1024 ** 3,
    maxFiles: 100_000,
  };
  const connecting = {
    uploads: bucket('uploads'),
    golden: bucket('golden'),
    buckets,
    git: {
      clones: openClones(join(folder, 'clones'), access, now),
      listings: openListings(),
      maxFiles: 100_000,
    },
    web: openWeb({ allowedHosts: [...webHosts], pauseMs: 0 }),
    now,
  };
  let changed: (connector: Connector) => Connector = (connector) => connector;
  let index: SearchIndex = api.deps.search;
  const activities = createSourceActivities({
    database,
    search: new Proxy(api.deps.search, { get: (_, name) => Reflect.get(index, name) }),
    reader,
    embedder: undefined,
    keySet: trust.keySet,
    connect: async (source, scope) => changed(openConnector(source, scope, connecting)),
    maxItemBytes: 16 * 1024 * 1024,
    now,
  });
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address: needed('CERTUS_TEMPORAL_ADDRESS') });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: resolve('workflows/index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  const worker = await Worker.create({
    connection,
    taskQueue: taskQueue('ingest'),
    activities,
    workflowBundle,
    interceptors: { activity: [() => ({ inbound: { execute: asWorkersDo } })] },
  });
  const ended = worker.run();
  return {
    api,
    workspace: `ingest-${randomBytes(6).toString('hex')}`,
    /** Lies between the pipeline and its sources until it is called again. */
    connectorIs: (change: (connector: Connector) => Connector) => {
      changed = change;
    },
    indexIs: (other: SearchIndex) => {
      index = other;
    },
    send: (path: string, asking: Asking = {}): Promise<Answer> => api.ask(path, asking),
    upload: (
      workspace: string,
      way: string,
      name: string,
      content: string | Uint8Array,
      fields: Readonly<Record<string, string>> = {},
    ): Promise<Answer> => {
      const raw = form(name, content, fields);
      const headers = {
        'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
        'content-length': String(raw.length),
      };
      return api.ask(`/v1/${workspace}/index${way}`, { method: 'POST', raw, headers } as Asking);
    },
    found: async (workspace: string, q: string): Promise<Answer['json'][]> => {
      const answer = await api.ask(
        `/v1/search?workspace_id=${workspace}&limit=100&q=${encodeURIComponent(q)}`,
      );
      return answer.json.hits;
    },
    /** As it stands once it has ended. */
    ended: async (workspace: string, id: string): Promise<Answer['json']> => {
      await api.deps.temporal.workflow
        .getHandle(`ingestion/${workspace}/${id}`)
        .result()
        .catch(() => undefined);
      return (await api.ask(`/v1/ingestions/${id}?workspace_id=${workspace}`)).json;
    },
    stop: async () => {
      worker.shutdown();
      await ended;
      await connection.close();
      await reader.close();
      await api.stop();
    },
  };
}

const noBucket: SourceBuckets = () => {
  throw new Error('no bucket is a source here');
};

export type Ingesting = Awaited<ReturnType<typeof startIngesting>>;

export const digestOf = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

function form(name: string, content: string | Uint8Array, fields: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(fields).map(([field, value]) =>
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`),
  );
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="uploaded_file"; filename="${name}"\r\n\r\n`;
  return Buffer.concat([
    ...parts,
    Buffer.from(head),
    Buffer.from(content),
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);
}

const asWorkersDo = <I, T>(input: I, next: (input: I) => Promise<T>): Promise<T> =>
  next(input).catch((error: unknown) => {
    throw toTemporalFailure(error);
  });
