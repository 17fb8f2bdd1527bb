import pMap from 'p-map';
import { z } from 'zod';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import { ComponentId, Sha256, WorkspaceId } from '../../contracts/identifiers.ts';
import { AccessLabel } from '../../contracts/index-record.ts';
import {
  type FolderFile,
  FolderList,
  FolderSource,
  IngestionView,
  Reading,
} from '../../contracts/ingestion.ts';
import { folderListKey, ingestKey } from '../../contracts/object-keys.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { AtOnce } from '../archives/at-once.ts';
import { withReceivedFile } from '../archives/receive-file.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid } from '../problems.ts';
import { type Route, route } from '../route.ts';
import { ingestionExample } from './examples.ts';
import { ingestionView } from './ingestion-view.ts';
import { startIngestion } from './start-ingestion.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal' | 'objects' | 'settings'>;

/** How a folder comes here: which of its files are missing, those, and then the list of all. */
export function folderRoutes(deps: Deps): Route[] {
  return [missing(deps), file(deps), index(deps)];
}

const InWorkspace = z.strictObject({ workspace_id: WorkspaceId.default('default') });
const MOST_DIGESTS = 1000;

const missing = ({ objects }: Deps) =>
  route({
    method: 'post',
    path: '/v1/ingest-files/missing',
    id: 'missingFiles',
    summary: 'Which files are not here yet, by their digests',
    tag: 'ingestion',
    auth: 'token',
    body: {
      schema: InWorkspace.extend({ sha256: z.array(Sha256).min(1).max(MOST_DIGESTS) }).meta({
        id: 'MissingFilesRequest',
      }),
      examples: { one: { sha256: ['a'.repeat(64)] } },
    },
    answers: {
      200: {
        description: 'Those that are to be sent.',
        schema: z.object({ missing: z.array(Sha256) }).meta({ id: 'MissingFiles' }),
        example: { missing: ['a'.repeat(64)] },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, body }) => {
      const scope = { tenant: principal.tenant, workspace: body.workspace_id };
      const uploads = await objects.uploads();
      const isMissing = async (digest: string) =>
        (await uploads.head(ingestKey(scope, digest))) === undefined;
      const digests = [...new Set(body.sha256)];
      const there = await pMap(digests, isMissing, { concurrency: 16 });
      return { status: 200, body: { missing: digests.filter((_, at) => there[at]) } };
    },
  });

const MOST_AT_ONCE = 16;

const file = ({ objects, settings }: Deps) => {
  const receiving = new AtOnce(MOST_AT_ONCE);
  return route({
    method: 'post',
    path: '/v1/ingest-files',
    id: 'sendFile',
    summary: 'Send one file of a folder',
    description: 'It is kept under its digest, and indexed with the folder that names it.',
    tag: 'ingestion',
    auth: 'token',
    query: InWorkspace.extend({
      sha256: Sha256.optional().meta({ description: 'What its bytes must hash to.' }),
    }),
    upload: { field: 'file', description: 'The file.' },
    answers: {
      201: {
        description: 'It is here.',
        schema: z.object({ sha256: Sha256, size: z.number().int() }).meta({ id: 'SentFile' }),
        example: { sha256: 'a'.repeat(64), size: 1024 },
      },
    },
    errors: ['invalid_request', 'digest_mismatch', 'payload_too_large', 'dependency_unavailable'],
    handle: ({ principal, query, upload }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      const rules = { filename: undefined, maxBytes: settings.CERTUS_INGEST_MAX_BYTES };
      return receiving.during(() =>
        withReceivedFile(upload, rules, async ({ sha256: digest, size, read }) => {
          if (query.sha256 !== undefined && query.sha256 !== digest)
            throw new CertusError('digest_mismatch', `the bytes hash to ${digest}`);
          const uploads = await objects.uploads();
          const options = { contentType: 'application/octet-stream', sha256: digest, size, ifAbsent: true };
          await uploads.put(ingestKey(scope, digest), read(), options);
          return { status: 201, body: { sha256: digest, size } };
        }),
      );
    },
  });
};

const Request = InWorkspace.extend({
  name: FolderSource.shape.name,
  files: FolderList,
  labels: z.array(AccessLabel).max(20).default([]),
  component_id: ComponentId.optional(),
}).meta({ id: 'IndexFolderFilesRequest' });

/** A list of as many files as a folder may have. */
const MAX_BODY = 64 * 1024 * 1024;

const index = (deps: Deps) =>
  route({
    method: 'post',
    path: '/v1/ingest-folders',
    id: 'ingestFolder',
    summary: 'Index the files of a folder',
    description:
      'Every file must have been sent. Under the same name it is the same folder: what it does not name any more goes out of ' +
      'the index, and what has not changed is not read again.',
    tag: 'ingestion',
    auth: 'token',
    body: {
      schema: Request,
      examples: { one: { name: 'handbook', files: [{ name: 'a.md', sha256: 'a'.repeat(64), size: 1024 }] } },
      limit: MAX_BODY,
    },
    answers: {
      202: {
        description: 'It has begun.',
        schema: IngestionView.meta({ id: 'FolderIngestion' }),
        example: { ...ingestionExample, source: 'folder', source_location: 'handbook' },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, body: { workspace_id: workspace, name, files, labels, component_id } }) => {
      const scope = { tenant: principal.tenant, workspace };
      requireDifferentNames(files);
      const bytes = Buffer.from(canonicalJson(files));
      const list = sha256(bytes);
      const uploads = await deps.objects.uploads();
      const options = { contentType: 'application/json', sha256: list, ifAbsent: true };
      await uploads.put(folderListKey(scope, list), bytes, options);
      const started = await startIngestion(deps, principal, scope, {
        source: { kind: 'folder', name, list, files: files.length },
        ...{ reading: Reading.parse({}), labels },
        ...(component_id === undefined ? {} : { component: component_id }),
      });
      return { status: 202, body: ingestionView(started) };
    },
  });

function requireDifferentNames(files: readonly FolderFile[]): void {
  if (new Set(files.map(({ name }) => name)).size !== files.length)
    throw invalid([{ path: 'files', message: 'name a file twice' }]);
}
