import { type NativeConnection, Worker } from '@temporalio/worker';
import { taskQueue, type Zone } from '../contracts/zones.ts';
import type { Logger } from '../services/log/log.ts';
import { activityInterceptor } from './interceptor.ts';

export type ZoneService = {
  readonly zone: Zone;
  /** The zone's own queue when not said. */
  readonly queue?: string;
  /** The zone's activities, each with what it needs already in its hands. */
  readonly activities: object;
  /** Where the zone also runs workflows. */
  readonly workflowBundle?: string;
  /** Activities at once: scans are heavy on memory and processor, the rest mostly waits. */
  readonly concurrency: number;
  /** Once nothing runs any more: what it keeps beside its activities would keep the process from ending. */
  readonly close?: () => Promise<void>;
};

/** One Temporal worker polling one task queue of a zone. */
export function serveZone(
  connection: NativeConnection,
  namespace: string,
  service: ZoneService,
  log: Logger,
): Promise<Worker> {
  const { zone, queue = taskQueue(zone), activities, workflowBundle, concurrency } = service;
  return Worker.create({
    connection,
    namespace,
    taskQueue: queue,
    identity: `${zone}@${process.pid}`,
    activities,
    ...(workflowBundle === undefined ? {} : { workflowBundle: { codePath: workflowBundle } }),
    maxConcurrentActivityTaskExecutions: concurrency,
    // a few hundred runs wait in memory; beyond that a run is replayed from its history when it wakes
    maxCachedWorkflows: 200,
    // a cancellation comes back with the answer to a heartbeat: held back for longer, a tool would run on for that time
    maxHeartbeatThrottleInterval: '1 second',
    shutdownGraceTime: '10 seconds',
    interceptors: { activity: [activityInterceptor(log.child({ zone }))] },
  });
}
