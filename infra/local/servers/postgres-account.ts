import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { which } from '../obtain/find-command.ts';

/**
 * PostgreSQL refuses to run as root. A root user (a container, a build machine) therefore runs it under another
 * account, or, where no other account can reach the files, in a user namespace in which root goes by that name.
 */
export type Account = {
  readonly runAs?: { readonly uid: number; readonly gid: number };
  /** Put before the command line. */
  readonly wrapper: readonly string[];
};

type User = { readonly uid: number; readonly gid: number };

export function chooseAccount(binaries: string, folder: string): Account {
  if (process.getuid?.() !== 0) return { wrapper: [] };
  const users = ['postgres', 'nobody'].flatMap(lookUp);
  const owner = statSync(join(folder, 'data'), { throwIfNoEntry: false })?.uid;
  // Once there is data, its owner decides: nobody else may open it.
  const able = users.find(
    (user) => (owner === undefined || owner === user.uid) && canWork(user, binaries, folder),
  );
  if (able !== undefined) return { runAs: able, wrapper: [] };
  const [user] = users;
  if (user !== undefined && (owner === undefined || owner === 0) && hasUserNamespaces(user)) {
    return { wrapper: namespaceOf(user) };
  }
  throw new Error(
    [
      `PostgreSQL refuses to run as root, and there is no other way to run it here with its data in ${folder}.`,
      'Tried: the users postgres and nobody (they must exist and reach that folder and the binaries), and a user namespace (unshare).',
      'Ways out: run Certus as an ordinary user; or set CERTUS_HOME to a folder that the user postgres can reach.',
    ].join('\n'),
  );
}

function lookUp(name: string): User[] {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
    return [{ uid: id('-u'), gid: id('-g') }];
  } catch {
    return [];
  }
}

/** Asked of the system, not computed from mode bits: access lists and mount options count too. */
function canWork(user: User, binaries: string, folder: string): boolean {
  return succeeds('test', ['-x', folder], user) && succeeds(join(binaries, 'postgres'), ['--version'], user);
}

function hasUserNamespaces(user: User): boolean {
  const [command, ...args] = namespaceOf(user);
  return command !== undefined && which(command) !== undefined && succeeds(command, [...args, 'true']);
}

const namespaceOf = ({ uid, gid }: User) => [
  'unshare',
  '--user',
  `--map-user=${uid}`,
  `--map-group=${gid}`,
  '--',
];

function succeeds(command: string, args: readonly string[], user?: User): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore', cwd: '/', ...user });
    return true;
  } catch {
    return false;
  }
}
