import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { File } from './files.ts';

/** A bare repository whose newest commit changes these files, and has those of the commits before it. */
export async function commitFiles(root: string, name: string, files: Iterable<File>): Promise<void> {
  const folder = join(root, name);
  const isNew = (await mkdir(folder, { recursive: true })) !== undefined;
  if (isNew) await git(folder, ['init', '--quiet', '--bare', '--initial-branch=main']);
  await git(folder, ['config', 'http.receivepack', 'false']);
  const before = await git(folder, ['for-each-ref', 'refs/heads/main']);
  await git(folder, ['fast-import', '--quiet', '--date-format=now'], commit(files, before !== ''));
}

function* commit(files: Iterable<File>, goesOn: boolean): Generator<string> {
  yield `commit refs/heads/main\ncommitter Bench <bench@localhost> now\n${data('files')}`;
  if (goesOn) yield 'from refs/heads/main^0\n';
  for (const { path, text } of files) yield `M 100644 inline ${path}\n${data(text)}`;
  yield 'done\n';
}

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;

async function git(folder: string, words: readonly string[], input: Iterable<string> = []): Promise<string> {
  const child = spawn('git', words, { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const ended = once(child, 'close');
  await pipeline(input, child.stdin);
  const [code] = await ended;
  if (code !== 0) throw new Error(`git ${words[0]} ended with ${code}`);
  return said;
}
