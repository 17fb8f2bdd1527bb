import { chown, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../obtain/run-command.ts';
import { baseEnvironment } from './base-environment.ts';
import type { ServerContext } from './entry.ts';
import type { Account } from './postgres-account.ts';

export const OWNER = 'certus';
const DRAFT = 'draft-';

/**
 * The data folder, made by `initdb` the first time. It is made elsewhere and moved into place whole: whatever
 * ends initdb early (a full disk, kill -9) leaves nothing that the next start would take for a database.
 */
export async function ensureCluster(
  context: ServerContext,
  account: Account,
  password: string,
): Promise<string> {
  const data = join(context.folder, 'data');
  if (await exists(join(data, 'PG_VERSION'))) return data;
  await removeDrafts(context.folder);
  context.report('postgres: making the database');
  const draft = join(context.folder, `${DRAFT}${process.pid}`);
  try {
    await initialise(context, account, password, draft);
    await rm(data, { recursive: true, force: true });
    await rename(join(draft, 'data'), data);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return data;
}

async function initialise(
  context: ServerContext,
  account: Account,
  password: string,
  draft: string,
): Promise<void> {
  const passwordFile = join(draft, 'password');
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account.runAs !== undefined) {
    for (const path of [draft, passwordFile]) await chown(path, account.runAs.uid, account.runAs.gid);
  }
  const [command = '', ...args] = [
    ...account.wrapper,
    ...[join(context.path, 'initdb'), '-D', join(draft, 'data'), '-U', OWNER],
    ...['--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8'],
    // Sorts and lower-cases the same on every machine, whatever its C library.
    ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...(context.ephemeral ? ['--no-sync'] : []),
  ];
  await runCommand(command, args, {
    cwd: '/',
    env: baseEnvironment(),
    ...(account.runAs === undefined ? {} : { runAs: account.runAs }),
  });
}

async function removeDrafts(folder: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (entry.startsWith(DRAFT)) await rm(join(folder, entry), { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
