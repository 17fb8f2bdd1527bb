import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { onPath } from './on-path.ts';

/** What has to be in sight for a program to run, when all else is hidden. */
export type Installation = {
  /** The program itself, behind every link to it. */
  readonly command: string;
  readonly readable: readonly string[];
  /** Where it finds its interpreter. */
  readonly path: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

/** A script lives by its interpreter, and both by the libraries beside them: that much of the machine is shown, and no more. */
export async function installationOf(found: string, folders: readonly string[]): Promise<Installation> {
  const command = realpathSync(found);
  const interpreter = await interpreterOf(command, folders);
  const programs = [command, ...(interpreter === undefined ? [] : hops(interpreter))];
  const readable = [...new Set(programs.flatMap(surroundings))].filter(isThere);
  return {
    command,
    readable,
    path: [...new Set([dirname(command), ...(interpreter === undefined ? [] : [dirname(interpreter)])])],
    environment: interpreter === undefined ? {} : userPackages(command, interpreter),
  };
}

const SYSTEM = ['/usr/', '/bin/', '/sbin/', '/lib/', '/lib64/', '/nix/store/'];

function surroundings(program: string): string[] {
  if (SYSTEM.some((folder) => program.startsWith(folder))) return [];
  const packages = program.indexOf(`${sep}node_modules${sep}`);
  if (packages !== -1) return [program.slice(0, packages + `${sep}node_modules`.length)];
  if (basename(dirname(program)) !== 'bin') return [program];
  const prefix = dirname(dirname(program));
  return BESIDE.map((name) => join(prefix, name));
}

/** Not the whole prefix: of a program in ~/.local/bin that would be keyrings and mail. */
const BESIDE = ['bin', 'lib', 'lib64', 'libexec', 'pyvenv.cfg'];

/** Every link on the way to a program: a virtual environment's python is one, and must be started by that name. */
function hops(program: string): string[] {
  const way = [program];
  for (let at = program; statLink(at) !== undefined && way.length < 16; ) {
    at = resolve(dirname(at), statLink(at) as string);
    way.push(at);
  }
  return [...way, realpathSync(program)];
}

function statLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EINVAL') return undefined;
    throw error;
  }
}

/** What the first line of a script names. */
async function interpreterOf(script: string, folders: readonly string[]): Promise<string | undefined> {
  const file = await open(script);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(512), 0, 512, 0);
    const [line = ''] = buffer.toString('latin1', 0, bytesRead).split('\n', 1);
    const words = /^#!\s*(.+)$/.exec(line)?.[1]?.trim().split(/\s+/);
    if (words === undefined) return undefined;
    if (basename(words[0] as string) !== 'env') return words[0];
    const name = words.slice(1).find((word) => !word.startsWith('-') && !word.includes('='));
    return name === undefined ? undefined : onPath(name, [...folders, '/usr/local/bin', '/usr/bin', '/bin']);
  } finally {
    await file.close();
  }
}

/** Python finds what `pip install --user` installed below a home, and the home it is given is empty. */
function userPackages(script: string, interpreter: string): Record<string, string> {
  const prefix = dirname(dirname(script));
  const own = prefix === dirname(dirname(interpreter)) || SYSTEM.some((folder) => script.startsWith(folder));
  if (own || !/python/.test(basename(interpreter)) || isThere(join(prefix, 'pyvenv.cfg'))) return {};
  const hasPackages =
    isThere(join(prefix, 'lib')) &&
    readdirSync(join(prefix, 'lib')).some((name) => name.startsWith('python'));
  return hasPackages ? { PYTHONUSERBASE: prefix } : {};
}

/** What pyenv puts on PATH asks pyenv which version to run, which the source could say: the program itself is taken. */
export function behindShim(found: string): string | undefined {
  if (basename(dirname(found)) !== 'shims') return found;
  const versions = join(dirname(dirname(found)), 'versions');
  if (!isThere(versions)) return found;
  const chosen = join(dirname(versions), 'version');
  const first = isThere(chosen)
    ? readFileSync(chosen, 'utf8')
        .split('\n')
        .map((name) => name.trim())
    : [];
  const installed = readdirSync(versions).sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return onPath(
    basename(found),
    [...first.filter((name) => /^[\w.-]+$/.test(name)), ...installed].map((name) =>
      join(versions, name, 'bin'),
    ),
  );
}

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;
