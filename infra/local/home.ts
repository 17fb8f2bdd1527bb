import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { homeFolder, privateFolder } from './folders.ts';
import { type Lock, tryLock } from './obtain/kernel-lock.ts';
import { readSupervisor, removeSupervisor } from './supervisor-record.ts';

/** Raised when a release lays out its home so that an older one could damage it. */
const LAYOUT = 1;
const Version = z.object({ layout: z.number().int() });

export class NewerHome extends Error {
  override readonly name = 'NewerHome';
}

export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';
}

/** Opens the folder of the embedded set for one supervisor: the only one, as long as it holds the lock. */
export function openHome(home: string): Lock {
  refuseNewer(home);
  homeFolder(home);
  const lock = tryLock(join(privateFolder(join(home, 'run')), 'lock'));
  if (lock === undefined) throw new AlreadyRunning(whoRuns(home));
  // Of one that was killed: nobody shall take it for ours.
  removeSupervisor(home);
  if (!existsSync(join(home, VERSION_FILE))) {
    writeFileSync(join(home, `${VERSION_FILE}.draft`), `${JSON.stringify({ layout: LAYOUT })}\n`);
    renameSync(join(home, `${VERSION_FILE}.draft`), join(home, VERSION_FILE));
  }
  return lock;
}

/** Before anything is written: what we do not know we must not touch. */
export function refuseNewer(home: string): void {
  const file = join(home, VERSION_FILE);
  if (!existsSync(file)) return;
  const { layout } = Version.parse(JSON.parse(readFileSync(file, 'utf8')));
  if (layout <= LAYOUT) return;
  throw new NewerHome(
    [
      `${home} belongs to a newer release of Certus (its layout is ${layout}, this release knows up to ${LAYOUT}).`,
      'Use that release, or name another folder with CERTUS_HOME.',
    ].join('\n'),
  );
}

const VERSION_FILE = 'version.json';

function whoRuns(home: string): string {
  const supervisor = readSupervisor(home);
  if (supervisor === undefined)
    return `${home} is in use by another process, which is starting or is no supervisor.`;
  const { pid, started_at, addresses } = supervisor;
  return [
    `Certus already runs in ${home}: pid ${pid}, since ${started_at}, API at ${addresses.api}.`,
    'Use it (npx certus scan …), stop it (npx certus down), or name another folder with CERTUS_HOME.',
  ].join('\n');
}
