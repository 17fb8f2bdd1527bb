import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installDependencies, isInstalled, nodeOf } from './dependencies.mjs';
import { SetUpFailure } from './failure.mjs';
import { linkCommand, linkPostgresLibraries } from './links.mjs';
import { acquireLock } from './lock.mjs';
import { endOrphan } from './orphan.mjs';
import { generateClient, isGenerated } from './prisma-client.mjs';

export { SetUpFailure };

/**
 * Everything a checkout needs before its first script, each step only when what it is made from has changed.
 * Gives the Node to run scripts on.
 */
export async function setUp(checkout, report) {
  if (process.platform === 'win32') {
    throw new SetUpFailure('Certus runs on Linux and macOS; on Windows, use the Windows Subsystem for Linux');
  }
  const steps = stepsOf(checkout);
  if (pending(steps, checkout).length > 0) {
    // Two starts at once must not install into the same folder. Outside of node_modules, which npm removes.
    const lock = await acquireLock(join(checkout, 'build', 'set-up'), (pid) =>
      report(`another process (${pid}) is setting up this checkout; waiting for it`),
    );
    try {
      await endOrphan(checkout);
      for (const step of pending(steps, checkout)) await take(step, checkout, report);
    } finally {
      lock.release();
    }
  }
  return nodeOf(checkout);
}

/** The stamp of a step is a digest of what it is made from. */
function stepsOf(checkout) {
  const lockfile = read(checkout, 'package-lock.json');
  const dependencies = digest(lockfile, process.platform, process.arch);
  return [
    {
      name: 'dependencies',
      stamp: dependencies,
      isDone: () => isInstalled(checkout, lockfile),
      run: (report) => installDependencies(checkout, report),
    },
    {
      name: 'links',
      // The second part is the revision of this step.
      stamp: digest(dependencies, '1'),
      isDone: () => false,
      run: () => {
        linkPostgresLibraries(checkout);
        linkCommand(checkout);
      },
    },
    {
      name: 'database client',
      stamp: digest(dependencies, read(checkout, 'prisma/schema.prisma')),
      isDone: () => false,
      isMissing: () => !isGenerated(checkout),
      run: (report) => generateClient(checkout, nodeOf(checkout), report),
    },
  ];
}

function pending(steps, checkout) {
  const stamps = readStamps(checkout);
  return steps.filter((step) => stamps[step.name] !== step.stamp || step.isMissing?.());
}

/** The stamp is written last: a step that was cut short is taken again. */
async function take(step, checkout, report) {
  if (!step.isDone()) await step.run(report);
  const stamps = { ...readStamps(checkout), [step.name]: step.stamp };
  mkdirSync(join(checkout, 'node_modules'), { recursive: true });
  writeFileSync(`${stampFile(checkout)}.draft`, `${JSON.stringify(stamps, null, 2)}\n`);
  renameSync(`${stampFile(checkout)}.draft`, stampFile(checkout));
}

/** Inside of node_modules: whoever removes that folder also removes the claim that it is complete. */
const stampFile = (checkout) => join(checkout, 'node_modules', '.certus-set-up.json');

function readStamps(checkout) {
  if (!existsSync(stampFile(checkout))) return {};
  try {
    return JSON.parse(readFileSync(stampFile(checkout), 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

const read = (checkout, file) => readFileSync(join(checkout, file), 'utf8');

function digest(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest('hex');
}
