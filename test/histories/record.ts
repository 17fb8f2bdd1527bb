/**
 * Records the histories beside this file, against a running Temporal server that knows our search attributes:
 *
 *     CERTUS_TEMPORAL_ADDRESS=127.0.0.1:7233 node test/histories/record.ts
 *
 * Only histories that are missing are recorded: an old one stands for runs that are still in flight and is kept. Where
 * the shape of a workflow changes, add a recording under a new name to RECORDINGS.
 *
 * An ordinary server lets a history grow for long before it has a workflow go on in another one. What is to show that is
 * recorded by itself, with `--short`, against a server that was started with
 * `--dynamic-config-value limit.historyCount.suggestContinueAsNew=20`.
 */
import { access, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { CertusError } from '../../contracts/errors.ts';
import { WORKFLOWS, workflowId } from '../../contracts/workflow-names.ts';
import type { ScanInput } from '../../contracts/workflows.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { type Activities, fakeActivities, PERMIT_ID, scanInput, untilCancelled } from '../workflow/fakes.ts';
import { type History, toText } from './format.ts';
import { GOLDEN_RECORDINGS } from './golden-recordings.ts';
import { INDEX_RECORDINGS } from './index-recordings.ts';
import { INGESTION_RECORDINGS } from './ingestion-recordings.ts';
import type { Recording } from './recording.ts';
import { REVIEW_RECORDINGS } from './review-recordings.ts';
import { TRANSFORM_RECORDINGS } from './transform-recordings.ts';
import { TRUST_RECORDINGS } from './trust-recordings.ts';
import { quietRuntime, withZones, workflowCode } from '../workflow/zones.ts';

const scan = (input: ScanInput): string => workflowId('scan', input);
const scheduled = (input: ScanInput): string => `scheduled/${input.scope.workspace}/${input.component}/nightly`;
const RECORDINGS: readonly Recording[] = [
  { name: 'scan-passed', activities: fakeActivities, of: scan },
  { name: 'scan-failed-gate', activities: failedGate, of: scan },
  { name: 'scan-denied-permit', activities: deniedPermit, of: scan },
  { name: 'scan-failed-source', activities: failedSource, of: scan },
  { name: 'scan-cancelled', activities: heldFetch, of: scan, start: cancelHeld },
  { name: 'scan-kept-back', activities: fakeActivities, of: scan, input: { publish: false } },
  {
    name: 'scan-report',
    activities: fakeActivities,
    of: scan,
    input: {
      source: {
        type: 'sarif',
        sha256: 'f'.repeat(64),
        commit: 'a'.repeat(40),
        ref: 'refs/heads/main',
        repository: 'acme/shop',
      },
    },
  },
  {
    name: 'scan-manifest-elsewhere',
    activities: fakeActivities,
    of: scan,
    input: { profile: 'both', manifest: { type: 'repository', path: 'certus.yml' } },
  },
  {
    name: 'notify',
    activities: fakeActivities,
    of: (input) => workflowId('notify', input),
    input: { profile: 'loud' },
  },
  { name: 'upload', activities: fakeActivities, of: (input) => workflowId('upload', input), start: startUpload },
  {
    name: 'upload-by-permit',
    activities: fakeActivities,
    of: (input) => workflowId('upload', input),
    start: (client, input) => startUpload(client, input, PERMIT_ID),
  },
  { name: 'scheduled-scan', activities: fakeActivities, of: scheduled, start: startScheduled },
  { name: 'publish', activities: fakeActivities, of: (input) => workflowId('publish', input) },
  { name: 'ingest', activities: fakeActivities, of: (input) => workflowId('ingest', input) },
  ...TRUST_RECORDINGS,
  ...TRANSFORM_RECORDINGS,
  ...REVIEW_RECORDINGS,
  ...GOLDEN_RECORDINGS,
  ...INGESTION_RECORDINGS,
  ...INDEX_RECORDINGS,
];

async function main(): Promise<void> {
  quietRuntime();
  const address = process.env.CERTUS_TEMPORAL_ADDRESS ?? '127.0.0.1:7233';
  const [connection, worker, code] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
    workflowCode(),
  ]);
  const client = new Client({ connection, identity: 'recorder' });
  const short = process.argv.includes('--short');
  for (const recording of RECORDINGS.filter((each) => (each.short ?? false) === short)) {
    const { name, activities, of, input: asked, start = carryOut } = recording;
    const file = join(import.meta.dirname, `${name}.json`);
    if (await exists(file)) continue;
    const now = new Date();
    const testId = `test_${now.getTime().toString(16).padStart(12, '0')}`;
    const input = { ...scanInput(testId), requestedAt: now.toISOString(), ...asked };
    await withZones(worker, code, activities(input), async () => {
      await start(client, input);
      await client.workflow.getHandle(of(input)).result().catch(unlessFailed); // one that nobody waits for may still go on
    });
    await writeFile(file, withoutThisMachine(toText(await historyOf(client, of(input), recording))));
    process.stdout.write(`${file}\n`);
  }
  await Promise.all([connection.close(), worker.close()]);
}

async function historyOf(client: Client, workflowId: string, { first, short }: Recording): Promise<History> {
  const last = await client.workflow.getHandle(workflowId).fetchHistory();
  if (!first && !short) return last;
  const { firstExecutionRunId, continuedExecutionRunId } =
    last.events?.[0]?.workflowExecutionStartedEventAttributes ?? {};
  if (!firstExecutionRunId || !continuedExecutionRunId)
    throw new Error(`${workflowId} did not go on in another history`);
  return first ? client.workflow.getHandle(workflowId, firstExecutionRunId).fetchHistory() : last;
}

/** How the run ends is for its history to tell. */
async function carryOut(client: Client, input: ScanInput): Promise<void> {
  const options = { taskQueue: taskQueue('assurance'), workflowId: scan(input), args: [input] };
  await client.workflow.execute(WORKFLOWS.scan, options).catch(unlessFailed);
}

function unlessFailed(error: unknown): void {
  if (!(error instanceof WorkflowFailedError)) throw error;
}

async function startUpload(client: Client, input: ScanInput, permitId?: string): Promise<void> {
  const { scope, component, assessment, testId } = input;
  const bundle = { prefix: `default/web/security-scans/${testId}/incoming/`, digest: 'd'.repeat(64) };
  const upload = { scope, component, assessment, testId, bundle, requestedBy: null, permitId };
  const options = { taskQueue: taskQueue('assurance'), workflowId: workflowId('upload', input), args: [upload] };
  await client.workflow.execute(WORKFLOWS.upload, options);
}

async function startScheduled(client: Client, input: ScanInput): Promise<void> {
  const { testId: _testId, requestedAt: _at, ...plan } = input;
  const options = { taskQueue: taskQueue('assurance'), workflowId: scheduled(input), args: [plan] };
  await client.workflow.execute(WORKFLOWS.scheduledScan, options);
}

/** What a history says of the place where it was recorded is nobody's business, and would differ on each machine. */
function withoutThisMachine(json: string): string {
  const home = process.cwd();
  return json
    .replaceAll(`${process.pid}@${hostname()}`, 'recorder')
    .replaceAll(hostname(), 'recorder')
    .replaceAll(`file://${home}/`, '')
    .replaceAll(`${home}/`, '');
}

function failedGate(): Activities {
  const fakes = fakeActivities();
  const composeBundle: Activities['assurance']['composeBundle'] = async (request) => ({
    ...(await fakes.assurance.composeBundle(request)),
    verdict: 'failed',
    counts: { critical: 1, high: 0, medium: 0, low: 0, info: 0 },
    violations: ['critical findings exceeded threshold (1 > 0)'],
  });
  return { ...fakes, assurance: { ...fakes.assurance, composeBundle } };
}

function deniedPermit(): Activities {
  const decidePermit = async () => ({ permitId: PERMIT_ID, permitted: false, reason: 'hash_mismatch' });
  const fakes = fakeActivities();
  return { ...fakes, trust: { ...fakes.trust, decidePermit } };
}

function failedSource(): Activities {
  const fakes = fakeActivities();
  const fetchSource = () => Promise.reject(new CertusError('not_a_repository', 'it is not a git repository'));
  return { ...fakes, assurance: { ...fakes.assurance, fetchSource } };
}

const fetching = Promise.withResolvers<void>();

function heldFetch(): Activities {
  const fakes = fakeActivities();
  return { ...fakes, assurance: { ...fakes.assurance, fetchSource: untilCancelled(fetching.resolve) } };
}

async function cancelHeld(client: Client, input: ScanInput): Promise<void> {
  const options = { taskQueue: taskQueue('assurance'), workflowId: scan(input), args: [input] };
  const handle = await client.workflow.start(WORKFLOWS.scan, options);
  await fetching.promise;
  await handle.cancel();
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

await main();
