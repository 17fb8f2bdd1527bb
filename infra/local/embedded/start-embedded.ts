import { join } from 'node:path';
import { ensureLocalKeys, type LocalKeys } from '../../../services/keys/local-keys.ts';
import { ensureLocalToken } from '../../../services/keys/local-token.ts';
import { allOrNone } from '../all-or-none.ts';
import { privateFolder } from '../folders.ts';
import { obtain } from '../obtain/obtain.ts';
import type { Ports } from '../ports.ts';
import { type StartServerOptions, startServer } from '../servers/start-server.ts';
import { temporal } from '../servers/temporal.ts';
import type { Report } from '../supervise/program.ts';
import type { Supervisor } from '../supervise/supervisor.ts';
import { writeValues } from '../supervisor-record.ts';
import { migrateDatabase } from './migrate-database.ts';
import { ourPrograms, type Values } from './our-programs.ts';
import { prepareWorkflows } from './prepare-workflows.ts';
import type { Given } from './surroundings.ts';

export type EmbeddedOptions = {
  readonly home: string;
  readonly given: Given;
  readonly ports: Ports;
  readonly apiPort: number;
  readonly supervisor: Supervisor;
  readonly report: Report;
  readonly signal: AbortSignal;
};

export type Embedded = {
  readonly keys: LocalKeys;
  readonly tokenFile: string;
  readonly temporalUi: string | undefined;
};

/** Later tiers need the earlier ones, and are stopped before them. */
const TIER = { postgres: 0, temporal: 1, workers: 2, api: 3 } as const;

/** Starts the embedded set, side by side as far as one part does not wait for another. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { home, given, supervisor, report, signal } = options;
  // The one thing that may take minutes comes first and alone: its progress should not drown in other lines.
  if (!given.isSet('CERTUS_TEMPORAL_ADDRESS'))
    await obtain(temporal.artifact, { build: true, report, signal });
  const keys = await ensureLocalKeys(home);
  const tokenFile = await ensureLocalToken(home);

  const [database, engine] = await allOrNone(signal, (signal) => [
    startDatabase({ ...options, signal }),
    startEngine({ ...options, signal }),
    prepareWorkflows(workflowFolder(home), signal),
  ]);
  report('starting the API and a worker for each trust zone');
  const shared = { ...valuesOf(options, keys), ...database, ...engine };
  writeValues(home, shared);
  const { api, workers } = ourPrograms(shared, { tokenFile, keys });
  await allOrNone(signal, (signal) => [
    supervisor.start(api, { tier: TIER.api, signal }),
    ...workers.map((worker) => supervisor.start(worker, { tier: TIER.workers, signal })),
  ]);
  return { keys, tokenFile, temporalUi: engine.CERTUS_TEMPORAL_UI };
}

async function startDatabase(options: EmbeddedOptions): Promise<Values> {
  const { given, report, signal } = options;
  const { CERTUS_DATABASE_URL: url = given.settings.CERTUS_DATABASE_URL } = given.isSet('CERTUS_DATABASE_URL')
    ? {}
    : await startServer('postgres', { ...serverOptions(options), tier: TIER.postgres });
  if (url === undefined) throw new Error('postgres does not say where it is');
  await migrateDatabase(url, report, signal);
  return { CERTUS_DATABASE_URL: url };
}

async function startEngine(options: EmbeddedOptions): Promise<Values & { CERTUS_TEMPORAL_UI?: string }> {
  if (options.given.isSet('CERTUS_TEMPORAL_ADDRESS')) return {};
  return startServer('temporal', { ...serverOptions(options), tier: TIER.temporal });
}

/** What a person has set stays as it is: only what is missing is filled in. */
function valuesOf({ home, given, apiPort }: EmbeddedOptions, keys: LocalKeys): Values {
  const defaults: Values = {
    CERTUS_KEY_SET_FILE: keys.keySetFile,
    CERTUS_AUTHORITY_CHAIN_FILE: keys.authority.chainFile,
    CERTUS_OBJECTS: join(home, 'objects'),
    CERTUS_REGISTRY_URL: join(home, 'registry'),
    CERTUS_WORK_DIR: join(home, 'work'),
    // where `certus advisories` puts them; a scan that needs some before there are any says so
    CERTUS_ADVISORIES: join(home, 'advisories'),
    CERTUS_WORKFLOW_BUNDLES: workflowFolder(home),
    // Whoever holds the local token is the person whose files these are.
    CERTUS_SOURCE_ROOTS: '/',
    CERTUS_GIT_ALLOWED_HOSTS: '*',
    // Five processes share one laptop, and a connection is a process of PostgreSQL's.
    CERTUS_DATABASE_POOL: '2',
  };
  for (const folder of ['objects', 'registry', 'work']) privateFolder(join(home, folder));
  const missing = Object.entries(defaults).filter(([name]) => !given.isSet(name as keyof Values));
  return { ...Object.fromEntries(missing), CERTUS_HOME: home, CERTUS_API_PORT: String(apiPort) };
}

function serverOptions({ home, supervisor, ports, report, signal }: EmbeddedOptions): StartServerOptions {
  return { home, supervisor, ports, report, signal, build: true, ephemeral: false };
}

const workflowFolder = (home: string) => join(home, 'workflows');
