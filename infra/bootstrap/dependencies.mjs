import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { SetUpFailure } from './failure.mjs';
import { run } from './run.mjs';

const MAJOR = 24;

/** Installs exactly what the lock file names. No package gets to run a script of its own. */
export async function installDependencies(checkout, report) {
  report('installing the dependencies (npm ci; about a minute)');
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  // `npm start` names the npm it came from; that one runs on our Node, also where PATH has none.
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const took = await run('npm ci', command, [...first, ...args], { cwd: checkout, env: process.env, report });
  report(`the dependencies are installed (${took} s)`);
}

/** Whether npm's own record of what it installed agrees with the lock file: somebody may have run it by hand. */
export function isInstalled(checkout, lockfile) {
  const file = join(checkout, 'node_modules', '.package-lock.json');
  if (!existsSync(file)) return false;
  const installed = JSON.parse(readFileSync(file, 'utf8')).packages;
  return Object.entries(JSON.parse(lockfile).packages).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    return found === undefined ? wanted.optional && !isForUs(wanted) : found.integrity === wanted.integrity;
  });
}

/** An optional package that names neither system nor processor belongs to one that does, and went with it. */
const isForUs = ({ os, cpu, libc }) =>
  libc === undefined && os?.includes(process.platform) && cpu?.includes(process.arch);

/** The Node that came with the dependencies, or our own where there is none for this machine. */
export function nodeOf(checkout) {
  const pinned = join(checkout, 'node_modules', '.bin', 'node');
  if (existsSync(pinned)) return realpathSync(pinned);
  if (Number(process.versions.node.split('.')[0]) >= MAJOR) return process.execPath;
  throw new SetUpFailure(
    `no Node ${MAJOR} could be installed for ${process.platform} ${process.arch}, and this is Node ${process.versions.node}: install Node ${MAJOR} or later and start again`,
  );
}
