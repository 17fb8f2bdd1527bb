import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiClient } from '../../cli/api-client.ts';
import { IndexAnswer } from '../../contracts/index-routes.ts';
import { IngestionProgress, IngestionView, SourceView } from '../../contracts/ingestion.ts';
import { ingestionWorkflowId } from '../../contracts/workflow-names.ts';
import { loadSettings } from '../../services/config/load.ts';
import { connectTemporal } from '../../services/temporal/client.ts';
import { GitServers } from '../../test/unit/scan/git-servers.ts';
import { apiOf } from '../api-of.ts';
import { startEmbeddedSet } from '../embedded-set.ts';
import type { File } from './files.ts';
import { commitFiles } from './repository.ts';

type Ingested = { readonly seconds: number; readonly progress: IngestionProgress };

/** The embedded set and a git server, and how long an ingestion takes by Temporal's clock. */
export async function startIngestingSet(environment: Readonly<Record<string, string>>) {
  const home = await mkdtemp(join(tmpdir(), 'certus-bench-'));
  const repositories = join(home, 'repositories');
  const set = await startEmbeddedSet(join(home, 'set'), environment);
  const temporal = connectTemporal(loadSettings(set.environment).settings);
  const servers = new GitServers();
  const address = await servers.git(repositories);
  const api = apiOf(join(home, 'set'));
  const ended = async (workspace: string, id: string): Promise<Ingested> => {
    const handle = temporal.workflow.getHandle(ingestionWorkflowId(workspace, id));
    const progress = IngestionProgress.parse(await handle.result());
    const { startTime, closeTime } = await handle.describe();
    return { seconds: ((closeTime?.getTime() ?? 0) - startTime.getTime()) / 1000, progress };
  };
  return {
    commit: (name: string, files: Iterable<File>) => commitFiles(repositories, name, files),
    urlOf: (name: string) => `${address}/${name}`,
    addSource: (workspace: string, source: object) => addSource(api, workspace, source),
    run: async (workspace: string, sourceId: string): Promise<Ingested> => {
      const asked = { workspace_id: workspace };
      const { ingestion_id } = await api.post(`/v1/sources/${sourceId}/run`, asked, IngestionView);
      return ended(workspace, ingestion_id);
    },
    bring: async (workspace: string, name: string, text: string): Promise<Ingested> => {
      const path = `/v1/${workspace}/index/security?filename=${name}`;
      const { ingestion_id } = await api.upload(path, new Blob([text]), IndexAnswer);
      return ended(workspace, ingestion_id);
    },
    /** Seconds of a processor that the worker has taken until now. */
    workerCpu: async (): Promise<number> => {
      const stat = await readFile(`/proc/${set.pidOf('ingest')}/stat`, 'utf8');
      const [user, system] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14);
      return (Number(user) + Number(system)) / TICKS_PER_SECOND;
    },
    /** MiB: the most that the worker ever had. */
    workerPeak: async (): Promise<number> => {
      const status = await readFile(`/proc/${set.pidOf('ingest')}/status`, 'utf8');
      return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
    },
    stop: async () => {
      await temporal.connection.close();
      await servers.stop();
      await set.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Of every Linux there is. */
const TICKS_PER_SECOND = 100;

export type IngestingSet = Awaited<ReturnType<typeof startIngestingSet>>;

async function addSource(api: ApiClient, workspace: string, source: object): Promise<string> {
  const body = { workspace_id: workspace, name: 'bench', source };
  return (await api.post('/v1/sources', body, SourceView)).source_id;
}
