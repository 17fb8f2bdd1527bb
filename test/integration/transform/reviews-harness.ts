import { createHash, randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { recordEvent } from '../../../activities/events/record-event.ts';
import { toTemporalFailure } from '../../../activities/failures.ts';
import { createPrivacyScanActivities } from '../../../activities/privacy/create-privacy-scan-activities.ts';
import { createReviewActivities } from '../../../activities/privacy/create-review-activities.ts';
import type { TrustDeps } from '../../../activities/trust/deps.ts';
import { carryOut, type OrderToCarryOut } from '../../../activities/trust/orders/carry-out.ts';
import type { TokenHolder } from '../../../api/authentication.ts';
import { documentKey, rawPrefix } from '../../../contracts/object-keys.ts';
import type { NewPlatformEvent } from '../../../contracts/platform-event.ts';
import type { LogEntry } from '../../../contracts/transparency.ts';
import { taskQueue } from '../../../contracts/zones.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { recordReceived } from '../../../services/database/received-documents.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { openInspector } from '../../../services/privacy/open-inspector.ts';
import { recordedScan } from '../api/recorded-scan.ts';
import { type Answer, type Asking, needed, startApi, startGate } from '../api-harness.ts';

const tokenOf = (subject: string): string => `certus_integration_${subject}_0123456789abcdef`;
const holder = (subject: string, roles: TokenHolder['roles']): TokenHolder => ({
  subject,
  tenant: 'default',
  roles,
  token_sha256: createHash('sha256').update(tokenOf(subject)).digest('hex'),
});

/** The API with people of several roles, and the zones that see to reviews: real servers, a real inspector. */
export async function startReviews(folder: string) {
  const store = openDirectoryStore(folder);
  const gate = await startGate(needed('CERTUS_TEMPORAL_ADDRESS'));
  const api = await startApi({
    store,
    temporalAddress: gate.address,
    tokens: [
      holder('ada', ['reviewer']),
      holder('bob', ['reviewer']),
      holder('root', ['admin']),
      holder('joe', []),
    ],
  });
  const { database, trust } = api.deps;
  const bucket = (name: string): Promise<Bucket> => store.bucket(name);
  const [uploads, raw, quarantine] = await Promise.all(['uploads', 'raw', 'quarantine'].map(bucket));
  if (!uploads || !raw || !quarantine) throw new Error('three buckets');
  const inspector = openInspector({ threads: 1, maxBytes: 16 * 1024 * 1024 });
  let isTrustAway = false;
  const logged: LogEntry[] = [];
  const log = { append: async (entries: readonly LogEntry[]) => void logged.push(...entries) };
  const now = () => new Date();
  const deps = { database, uploads, raw, quarantine, inspector, keySet: trust.keySet, now };
  const zones = {
    transform: {
      ...createPrivacyScanActivities(deps),
      ...createReviewActivities(deps),
      recordDocumentPromotion: () => later('promotions are no part of this'),
      recordPlatformEvent: (event: NewPlatformEvent) => recordEvent(deps, event),
    },
    trust: {
      carryOut: (order: OrderToCarryOut) =>
        isTrustAway
          ? later('Trust is away')
          : carryOut({ database, log, keySet: trust.keySet, now } as unknown as TrustDeps, order),
    },
  };
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address: needed('CERTUS_TEMPORAL_ADDRESS') });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: resolve('workflows/index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  const serve = (zone: keyof typeof zones) =>
    Worker.create({
      connection,
      taskQueue: taskQueue(zone),
      activities: zones[zone],
      workflowBundle,
      interceptors: { activity: [() => ({ inbound: { execute: asWorkersDo } })] },
    });
  const workers = await Promise.all([serve('transform'), serve('trust')]);
  const ended = workers.map((worker) => worker.run());
  return {
    api,
    database,
    uploads,
    quarantine,
    logged,
    gate,
    trustIs: (where: 'there' | 'away') => {
      isTrustAway = where === 'away';
    },
    as: (subject: string, path: string, asking: Asking = {}): Promise<Answer> =>
      api.ask(path, { ...asking, token: tokenOf(subject) }),
    bring: async (workspace: string, name: string, text: string): Promise<void> => {
      const scope = { tenant: 'default', workspace };
      const bytes = Buffer.from(text);
      const document = { name, sha256: sha256(bytes), size: bytes.length, media_type: 'text/plain' };
      await uploads.put(documentKey(scope, name), bytes, { contentType: 'text/plain' });
      await recordReceived(database, scope, { ...document, receivedBy: 'joe', receivedAt: new Date() });
    },
    /** A scan whose evidence lies in raw. */
    scanned: async (
      workspace: string,
      files: Readonly<Record<string, string>>,
      bundleDigest?: string,
    ): Promise<string> => {
      const scope = { tenant: 'default', workspace };
      const testId = `test_${randomBytes(12).toString('hex')}`;
      const listed = Object.entries(files).map(([path, text]) => {
        const bytes = Buffer.from(text);
        return { path, bytes, sha256: sha256(bytes), size: bytes.length, media_type: 'text/plain' };
      });
      const index = Buffer.from(
        JSON.stringify({
          schema: 'https://certus.dev/bundle/v1',
          tenant: 'default',
          workspace_id: workspace,
          component_id: 'shop',
          assessment_id: 'default',
          test_id: testId,
          files: listed.map(({ bytes: _, ...file }) => file),
        }),
      );
      const all = [...listed, { path: 'bundle.json', bytes: index }];
      for (const { path, bytes } of all)
        await raw.put(`${rawPrefix(scope, testId)}${path}`, bytes, { contentType: 'text/plain' });
      const learnt = { bundleDigest: bundleDigest ?? sha256(index) };
      return recordedScan(database, scope, { asked: { testId }, learnt });
    },
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.all(ended);
      await connection.close();
      await inspector.close();
      await api.stop();
      await gate.shut();
    },
  };
}

const later = async (message: string): Promise<never> => {
  throw ApplicationFailure.create({ message, nextRetryDelay: '1 second' });
};

const asWorkersDo = <I, T>(input: I, next: (input: I) => Promise<T>): Promise<T> =>
  next(input).catch((error: unknown) => {
    throw toTemporalFailure(error);
  });
