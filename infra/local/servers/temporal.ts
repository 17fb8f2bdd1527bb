import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../../contracts/zones.ts';
import type { Recipe } from '../obtain/artifact.ts';
import { downloadRelease } from '../obtain/download.ts';
import { goInstall } from '../obtain/go-install.ts';
import { grpcProbe } from '../supervise/probes.ts';
import { baseEnvironment } from './base-environment.ts';
import type { ServerContext, ServerEntry } from './entry.ts';

const VERSION = '1.5.1';

/** The digests of the archives of this release, so that a download needs no trust in the wire or the host. */
const ARCHIVES: Readonly<Record<string, string>> = {
  linux_amd64: 'ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d',
  linux_arm64: 'bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5',
  darwin_amd64: 'bbb73e2a31135abe50a1f1cdb35030c42961df618e8ce9c60ae89f201540c5d9',
  darwin_arm64: 'cca01b7ea35ad56e2a328d9ae596bf716bd22313ef63c7a761c88354457c2415',
};

/** The engine: Temporal's own server with its Web UI, state in one SQLite file. */
export const temporal: ServerEntry = {
  name: 'temporal',
  title: 'Temporal',
  artifact: {
    name: 'temporal',
    version: VERSION,
    file: 'temporal',
    variable: 'CERTUS_TEMPORAL_CLI',
    // A CLI built by `go install` calls itself 0.0.0-DEV; the server inside it knows better.
    commands: [
      {
        command: 'temporal',
        versionArgs: ['--version'],
        pattern: /Server (\d+\.\d+\.\d+)/,
        minimum: '1.29.1',
      },
    ],
    recipes: [goInstall('github.com/temporalio/cli/cmd/temporal', VERSION, 180), ...release()],
  },
  prepare: async (context) => {
    const port = await context.ports.take('temporal', { preferred: 7233 });
    const uiPort = await context.ports.take('temporal-ui', { preferred: 8233 });
    return {
      program: {
        name: 'temporal',
        command: context.path,
        args: startArguments(context, port, uiPort),
        env: baseEnvironment(),
        cwd: context.folder,
        healthy: grpcProbe(port, 'temporal.api.workflowservice.v1.WorkflowService'),
        startSeconds: 60,
        stop: { signal: 'SIGTERM', graceSeconds: 15 },
      },
      environment: {
        CERTUS_TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
        CERTUS_TEMPORAL_UI: `http://127.0.0.1:${uiPort}`,
      },
    };
  },
};

function startArguments({ folder }: ServerContext, port: number, uiPort: number): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)],
    // A journal that survives kill -9 without a flush for each of the many small writes: two thirds more runs a second.
    ...['--db-filename', join(folder, 'temporal.db')],
    ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1'],
    // The default polls so seldom that a step waits ten times longer than it works.
    ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
    ...['--log-level', 'error'],
    ...Object.values(SEARCH_ATTRIBUTES).flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
  ];
}

function release(): Recipe[] {
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const sha256 = ARCHIVES[platform];
  if (sha256 === undefined) return [];
  const archive = `temporal_cli_${VERSION}_${platform}.tar.gz`;
  return [
    downloadRelease(`https://github.com/temporalio/cli/releases/download/v${VERSION}/${archive}`, sha256, 60),
  ];
}
