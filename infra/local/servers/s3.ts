import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeOnce } from '../../../services/keys/write-once.ts';
import { goInstall } from '../obtain/go-install.ts';
import { httpProbe } from '../supervise/probes.ts';
import { baseEnvironment } from './base-environment.ts';
import type { ServerEntry } from './entry.ts';

const VERSION = '1.8.0';
const ACCESS_KEY = 'certus';
const REGION = 'us-east-1';

/** S3 over a folder: the Versity gateway. */
export const s3: ServerEntry = {
  name: 's3',
  title: 'S3 (versitygw)',
  artifact: {
    name: 'versitygw',
    version: VERSION,
    file: 'versitygw',
    variable: 'CERTUS_VERSITYGW',
    commands: [
      {
        command: 'versitygw',
        versionArgs: ['--version'],
        pattern: /Version\s*:\s*v(\d+\.\d+\.\d+)/,
        minimum: VERSION,
      },
    ],
    recipes: [goInstall('github.com/versity/versitygw/cmd/versitygw', VERSION, 75)],
  },
  prepare: async ({ path, folder, ports }) => {
    const port = await ports.take('s3');
    const secretKey = await ensureSecret(join(folder, 'secret-key'));
    const places = {
      iam: join(folder, 'iam'),
      versions: join(folder, 'versions'),
      objects: join(folder, 'objects'),
    };
    for (const place of Object.values(places)) await mkdir(place, { recursive: true });
    const gateway = ['--port', `127.0.0.1:${port}`, '--quiet', '--iam-dir', places.iam];
    return {
      program: {
        name: 's3',
        command: path,
        args: [...gateway, 'posix', '--versioning-dir', places.versions, places.objects],
        env: { ...baseEnvironment(), ROOT_ACCESS_KEY: ACCESS_KEY, ROOT_SECRET_KEY: secretKey },
        cwd: folder,
        // An unsigned request is refused, by a server that works.
        healthy: httpProbe(`http://127.0.0.1:${port}/`, [200, 403]),
        startSeconds: 20,
        stop: { signal: 'SIGTERM', graceSeconds: 10 },
      },
      environment: {
        CERTUS_S3_ENDPOINT: `http://127.0.0.1:${port}`,
        CERTUS_S3_REGION: REGION,
        CERTUS_S3_ACCESS_KEY_ID: ACCESS_KEY,
        CERTUS_S3_SECRET_ACCESS_KEY: secretKey,
      },
    };
  },
};

async function ensureSecret(file: string): Promise<string> {
  await writeOnce(file, () => randomBytes(24).toString('base64url'));
  return readFile(file, 'utf8');
}
