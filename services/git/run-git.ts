import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { CertusError } from '../../contracts/errors.ts';
import {
  CREDENTIAL_PIPE,
  credentialAnswer,
  credentialSettings,
  type GitCredential,
  withoutCredential,
} from './credentials.ts';

export type GitRun = {
  readonly cwd: string;
  /** Folder of the bare repository, which also holds git's configuration; the current folder when not given. */
  readonly repository?: string;
  /** `-c` settings, which even a hostile repository's own configuration cannot override. */
  readonly settings?: readonly string[];
  /** Added to the few variables that git is given of the worker's environment. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Told to git when the host it is for asks; never to be seen in what git or the host say. */
  readonly credential?: GitCredential | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Answers beyond this many bytes end the run. */
  readonly maxOutput?: number;
  /** Is given the answer as it arrives, so that nothing keeps all of it; what it throws ends the run. */
  readonly read?: (chunk: Buffer) => void;
};

/** Thrown when git itself says no; the caller knows what that means for its source. */
export class GitError extends Error {
  readonly stderr: string;
  constructor(command: string, stderr: string) {
    super(`git ${command} failed: ${stderr.trim().slice(-500)}`);
    this.name = 'GitError';
    this.stderr = stderr;
  }
}

/**
 * Runs git so that neither the repository nor the machine's configuration can make it run anything else: no system or
 * user configuration, no hooks, no filters, no prompts, only transports that cannot name a command.
 */
export async function runGit(
  args: readonly string[],
  {
    cwd,
    repository = cwd,
    settings = [],
    environment = {},
    input,
    credential,
    signal,
    maxOutput = 64 * 1024 * 1024,
    read,
  }: GitRun,
): Promise<Buffer> {
  const all = credential === undefined ? settings : [...settings, ...credentialSettings(credential)];
  const child = spawn('git', [...all.flatMap((setting) => ['-c', setting]), ...args], {
    cwd,
    env: { ...closedEnvironment(repository), ...environment },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const kill = () => killGroup(child.pid);
  signal?.addEventListener('abort', kill, { once: true });
  try {
    child.stdin.on('error', () => undefined); // git may have had enough; its exit code tells
    child.stdin.end(input ?? '');
    const secrets = child.stdio[CREDENTIAL_PIPE] as Writable;
    secrets.on('error', () => undefined);
    secrets.end(credential === undefined ? '' : credentialAnswer(credential));
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = `${stderr}${chunk}`.slice(-16_384);
    });
    const output: Buffer[] = [];
    const take = read ?? ((chunk: Buffer) => output.push(chunk));
    let size = 0;
    let refusal: { readonly error: unknown } | undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (refusal !== undefined) return;
      try {
        if (size > maxOutput) throw tooMuch(args[0], maxOutput);
        take(chunk);
      } catch (error) {
        refusal = { error };
        kill();
      }
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (cause) =>
        reject(new CertusError('tool_failed', 'git cannot be started', { cause })),
      );
      child.once('close', resolve);
    });
    signal?.throwIfAborted();
    if (refusal !== undefined) throw refusal.error;
    if (code !== 0) {
      const said = withoutCredential(stderr, credential);
      throw diskFailure(said) ?? new GitError(args[0] ?? '', said);
    }
    return Buffer.concat(output);
  } finally {
    signal?.removeEventListener('abort', kill);
  }
}

/** The disk's fault and not the source's; what a remote says begins with its name and is not believed. */
function diskFailure(stderr: string): CertusError | undefined {
  const line = stderr.split('\n').find((text) => DISK.test(text));
  return line === undefined
    ? undefined
    : new CertusError('dependency_unavailable', `git: ${line.slice(0, 300)}`);
}

const DISK =
  /^(?!remote:).*(?:No space left on device|Disk quota exceeded|Read-only file system|Input\/output error)/;

const tooMuch = (command: string | undefined, maxOutput: number): CertusError =>
  new CertusError('source_too_large', `the answer of git ${command} is larger than ${maxOutput} bytes`);

/** git starts helpers of its own (ssh, remote-https, index-pack): all of them go. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Asks nothing and nobody. */
export const SSH = 'ssh -oBatchMode=yes -oConnectTimeout=15';

const closedEnvironment = (home: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: home,
  LC_ALL: 'C',
  GIT_DIR: home,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: `${home}/gitconfig`,
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: 'false',
  GIT_ALLOW_PROTOCOL: 'file:http:https:ssh',
  GIT_PROTOCOL_FROM_USER: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_LFS_SKIP_SMUDGE: '1',
  GIT_SSH_COMMAND: SSH,
});
