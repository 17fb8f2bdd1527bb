import { type Availability, availability } from '../obtain/obtain.ts';
import { cosign } from './cosign.ts';
import type { ServerEntry, ServerName } from './entry.ts';
import { onnxruntime } from './onnxruntime.ts';
import { opensearch } from './opensearch.ts';
import { openssl } from './openssl.ts';
import { postgres } from './postgres.ts';
import { registry } from './registry.ts';
import { s3 } from './s3.ts';
import { SCANNERS } from './scanners.ts';
import { temporal } from './temporal.ts';
import { temporalTestServer } from './temporal-test-server.ts';

/** Every real server and tool this project is developed and tested against. */
export const SERVERS: Readonly<Record<ServerName, ServerEntry>> = {
  postgres,
  temporal,
  'temporal-test-server': temporalTestServer,
  s3,
  opensearch,
  registry,
  cosign,
  openssl,
  onnxruntime,
  ...SCANNERS,
};

export const SERVER_NAMES = Object.keys(SERVERS) as ServerName[];

export type ServerState = {
  readonly name: ServerName;
  readonly title: string;
  readonly version: string;
  readonly onRequest: boolean;
} & Availability;

/** What of it this machine has, could build, or cannot get; builds nothing. */
export async function listServers(names: readonly ServerName[] = SERVER_NAMES): Promise<ServerState[]> {
  return Promise.all(
    names.map(async (name) => {
      const { title, artifact, onRequest = false } = SERVERS[name];
      return { name, title, version: artifact.version, onRequest, ...(await availability(artifact)) };
    }),
  );
}
