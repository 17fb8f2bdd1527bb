import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { loadSettings } from '../services/config/load.ts';
import { exitOnBadConfiguration, requireSettings } from '../services/config/require.ts';
import type { Settings } from '../services/config/settings.ts';
import { certusVersion } from '../services/config/version.ts';
import { openDatabase } from '../services/database/database.ts';
import { createLogger, type Logger } from '../services/log/log.ts';
import { openObjectStore } from '../services/objects/open-objects.ts';
import { openSearchIndex } from '../services/search/open-search.ts';
import { connectionOptions, connectTemporal } from '../services/temporal/client.ts';
import { ensureWorkflowBundle } from './bundle.ts';
import { reconcileSchedules } from './platform-schedules.ts';
import { serveZone } from './serve-zone.ts';
import { refuseForeignSecrets } from './zone-secrets.ts';
import { ZONE_SERVICES } from './zone-services.ts';

/** One worker process: serves the zones it was told to, holding the secrets of these zones and no others. */
async function main(): Promise<void> {
  const { settings: loaded } = loadSettings(process.env);
  const settings = requireSettings(loaded, [
    'CERTUS_ZONES',
    'CERTUS_DATABASE_URL',
    'CERTUS_OBJECTS',
    'CERTUS_WORKFLOW_BUNDLES',
  ]);
  const zones = settings.CERTUS_ZONES;
  refuseForeignSecrets(settings, zones);
  const log = createLogger(`worker ${zones.join(',')}`, settings);
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) =>
      log[level === 'ERROR' ? 'error' : 'warn'](meta ?? {}, message),
    ),
    shutdownSignals: [],
  });

  const database = openDatabase(settings.CERTUS_DATABASE_URL, { poolSize: settings.CERTUS_DATABASE_POOL });
  const objects = await openObjectStore(settings.CERTUS_OBJECTS, {
    endpoint: settings.CERTUS_S3_ENDPOINT,
    region: settings.CERTUS_S3_REGION,
    accessKeyId: settings.CERTUS_S3_ACCESS_KEY_ID,
    secretAccessKey: settings.CERTUS_S3_SECRET_ACCESS_KEY,
  });
  const search = () =>
    openSearchIndex(
      {
        url: settings.CERTUS_OPENSEARCH_URL,
        username: settings.CERTUS_OPENSEARCH_USERNAME,
        password: settings.CERTUS_OPENSEARCH_PASSWORD,
        dimension: settings.CERTUS_EMBEDDINGS_DIMENSION,
      },
      database,
    );
  const { file: workflowBundle } = await ensureWorkflowBundle(settings.CERTUS_WORKFLOW_BUNDLES);
  const shared = {
    settings,
    database,
    objects,
    search,
    workflowBundle,
    version: certusVersion(),
  };

  const connection = await NativeConnection.connect(connectionOptions(settings));
  const services = (await Promise.all(zones.map((zone) => ZONE_SERVICES[zone](shared)))).flat();
  const workers = await Promise.all(
    services.map((service) => serveZone(connection, settings.CERTUS_TEMPORAL_NAMESPACE, service, log)),
  );
  stopOnSignal(() => {
    for (const worker of workers) worker.shutdown();
  });

  const running = Promise.all(workers.map((worker) => worker.run()));
  if (zones.includes('trust')) keepSchedules(settings, log);
  process.send?.({ ready: true });
  log.info({ zones }, 'serving');
  await running;
  await Promise.all(services.map((service) => service.close?.()));
  await connection.close();
  await Promise.all([database.close(), objects.close()]);
  process.disconnect?.();
}

/** Beside everything else: what Certus does by itself may begin later, but it must not keep a zone from serving. */
function keepSchedules(settings: Settings, log: Logger): void {
  const client = connectTemporal(settings);
  reconcileSchedules(client, settings)
    .catch((error: unknown) => log.warn({ err: error }, 'schedules are not as they should be'))
    .finally(() => client.connection.close());
}

/** Asked to stop, or left alone by its supervisor: finish what is in hand and go. */
function stopOnSignal(stop: () => void): void {
  let stopping = false;
  const once = () => {
    if (!stopping) stop();
    stopping = true;
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, once);
  process.on('disconnect', once);
}

await main().catch((error: unknown) => {
  exitOnBadConfiguration(error);
});
