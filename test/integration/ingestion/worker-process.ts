import pMap from 'p-map';
import type { FolderFile } from '../../../contracts/ingestion.ts';
import { ingestKey } from '../../../contracts/object-keys.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import { type Answer, needed, startApi } from '../api-harness.ts';
import { install } from '../installation.ts';
import { digestOf } from './harness.ts';

/** The API here, and the ingest zone as a process of its own that can be killed. */
export async function startWithWorker(ofWorker: Readonly<Record<string, string>> = {}) {
  const its = await install('embedded', {}, { ingest: { CERTUS_INGEST_THREADS: '1', ...ofWorker } });
  const store = openDirectoryStore(its.common.CERTUS_OBJECTS);
  const [uploads, api] = await Promise.all([
    its.bucket('uploads'),
    startApi({ store, temporalAddress: needed('CERTUS_TEMPORAL_ADDRESS') }),
    its.workers.start('ingest'),
  ]).catch(async (error: unknown) => {
    await its.close(); // whatever did start would keep the run from its end
    throw error;
  });
  const { workspace } = its.scope;
  const show = async (id: string): Promise<Answer['json']> =>
    (await api.ask(`/v1/ingestions/${id}?workspace_id=${workspace}`)).json;
  return {
    its,
    api,
    workspace,
    show,
    /** Puts the bytes where those of a folder lie once they were sent. */
    keep: (files: ReadonlyMap<string, string>): Promise<FolderFile[]> =>
      pMap(
        files,
        async ([name, text]) => {
          const bytes = Buffer.from(text);
          const sha256 = digestOf(bytes);
          await uploads.put(ingestKey(its.scope, sha256), bytes, {
            contentType: 'text/plain',
            ifAbsent: true,
          });
          return { name, sha256, size: bytes.length };
        },
        { concurrency: 16 },
      ),
    ingest: async (name: string, files: readonly FolderFile[]): Promise<string> => {
      const body = { workspace_id: workspace, name, files };
      const { status, json } = await api.ask('/v1/ingest-folders', { method: 'POST', body });
      if (status !== 202) throw new Error(`the folder is not taken: ${JSON.stringify(json)}`);
      return json.ingestion_id;
    },
    ended: async (id: string): Promise<Answer['json']> => {
      await its.client.workflow
        .getHandle(`ingestion/${workspace}/${id}`)
        .result()
        .catch(() => undefined);
      return show(id);
    },
    /** Where each record of the index is from. */
    locations: async (): Promise<(string | null)[]> => {
      const rows = await its.database.client.searchDocument.findMany({
        where: its.scope,
        select: { location: true },
      });
      return rows.map(({ location }) => location);
    },
    close: async () => {
      await api.stop();
      await its.close();
    },
  };
}

export type WithWorker = Awaited<ReturnType<typeof startWithWorker>>;
