import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { goInstall } from '../obtain/go-install.ts';
import { httpProbe } from '../supervise/probes.ts';
import { baseEnvironment } from './base-environment.ts';
import type { ServerEntry } from './entry.ts';

const VERSION = '3.0.0';
const versionLine = /distribution\S* v?(\d+\.\d+\.\d+)/;

/** An OCI registry: Distribution, the one behind the `registry` image. */
export const registry: ServerEntry = {
  name: 'registry',
  title: 'OCI registry (distribution)',
  artifact: {
    name: 'registry',
    version: VERSION,
    file: 'registry',
    variable: 'CERTUS_REGISTRY_BINARY',
    commands: [
      { command: 'registry', versionArgs: ['--version'], pattern: versionLine, minimum: VERSION },
      // As Debian has it; without the referrers API, for which clients need the tag fallback anyway.
      { command: 'docker-registry', versionArgs: ['--version'], pattern: versionLine, minimum: '2.8.0' },
    ],
    recipes: [goInstall('github.com/distribution/distribution/v3/cmd/registry', VERSION, 60)],
  },
  prepare: async ({ path, folder, ports }) => {
    const port = await ports.take('registry');
    const configuration = join(folder, 'registry.yml');
    await mkdir(join(folder, 'data'), { recursive: true });
    await writeFile(configuration, configure(port, join(folder, 'data')));
    return {
      program: {
        name: 'registry',
        command: path,
        args: ['serve', configuration],
        env: { ...baseEnvironment(), OTEL_TRACES_EXPORTER: 'none' },
        cwd: folder,
        healthy: httpProbe(`http://127.0.0.1:${port}/v2/`, [200]),
        startSeconds: 20,
        stop: { signal: 'SIGTERM', graceSeconds: 10 },
      },
      environment: { CERTUS_REGISTRY_URL: `http://127.0.0.1:${port}` },
    };
  },
};

/** JSON is YAML. */
function configure(port: number, data: string): string {
  return JSON.stringify({
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: data }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${port}` },
  });
}
