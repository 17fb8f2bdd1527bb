import { spawn } from 'node:child_process';
import { access, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { z } from 'zod';

const Measured = z.object({ seconds: z.number().positive(), found: z.number(), recognizers: z.number() });
export type PeerMeasured = z.infer<typeof Measured>;

/** Processor time of the peer for the texts; or why it cannot be had. */
export async function presidio(
  texts: readonly string[],
  report: (line: string) => void,
): Promise<PeerMeasured | { readonly reason: string }> {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'certus-bench', 'presidio');
  const python = join(folder, 'bin', 'python');
  const ready = await setUp(folder, python, report);
  if (ready !== undefined) return { reason: ready };
  const input = texts.map((text) => `${JSON.stringify(text)}\n`).join('');
  const ran = await run(python, [resolve('bench/sanitize/presidio.py')], input);
  if (ran.code !== 0) return { reason: `it failed: ${ran.stderr.trim().split('\n').at(-1) ?? ''}` };
  return Measured.parse(JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? ''));
}

async function setUp(
  folder: string,
  python: string,
  report: (line: string) => void,
): Promise<string | undefined> {
  const ready = join(folder, 'lib', VERSION);
  if (await isThere(ready)) return undefined;
  report(`setting up the peer once, in ${folder}`);
  await mkdir(folder, { recursive: true });
  for (const [command, words] of [
    ['python3', ['-m', 'venv', folder]],
    [python, ['-m', 'pip', 'install', '--quiet', VERSION]],
  ] as const) {
    const { code, stderr } = await run(command, words, '');
    if (code !== 0) return `${command} ${words.join(' ')}: ${stderr.trim().split('\n').at(-1) ?? code}`;
  }
  await mkdir(ready, { recursive: true });
  return undefined;
}

const VERSION = 'presidio-analyzer==2.2.360';

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );

async function run(
  command: string,
  words: readonly string[],
  input: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(command, words, { stdio: 'pipe' });
  const ended = new Promise<number | null>((done, failed) =>
    child.on('close', done).on('error', failed),
  ).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? 127 : Promise.reject(error)));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [stdout, stderr, code] = await Promise.all([textOf(child.stdout), textOf(child.stderr), ended]);
  return { code, stdout, stderr: code === 127 ? 'is not installed' : stderr };
}
