import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { loadSettings } from '../../services/config/load.ts';
import { connectionOptions } from '../../services/temporal/client.ts';

export const BARE_QUEUE = 'certus-bench-bare';

const activities = { nothing: async (): Promise<void> => undefined };
export type BareActivities = typeof activities;

/** Starts this file as a process, and gives what ends it. */
export async function startBareWorker(address: string): Promise<{ stop(): Promise<void> }> {
  const child = fork(import.meta.filename, { env: { ...process.env, CERTUS_TEMPORAL_ADDRESS: address } });
  await once(child, 'message');
  return {
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** A process of its own, as the workers it is compared with are. */
async function main(): Promise<void> {
  const { settings } = loadSettings(process.env);
  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });
  const connection = await NativeConnection.connect(connectionOptions(settings));
  const worker = await Worker.create({
    connection,
    namespace: settings.CERTUS_TEMPORAL_NAMESPACE,
    taskQueue: BARE_QUEUE,
    workflowsPath: join(import.meta.dirname, 'bare-workflow.ts'),
    activities,
  });
  process.on('disconnect', () => worker.shutdown());
  const running = worker.run();
  process.send?.({ ready: true });
  await running;
  await connection.close();
}

if (import.meta.main) await main();
