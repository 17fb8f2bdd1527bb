import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSandboxed } from '../sandbox/run-sandboxed.ts';
import type { ReadPicture } from '../text/look.ts';
import { findTool } from '../tools/find-tool.ts';

/** Tesseract, where it is installed in one of the folders. It reads foreign pictures, and does so in the sandbox. */
export async function findPictureReader(folders: readonly string[]): Promise<ReadPicture | undefined> {
  const wanted = {
    commands: ['tesseract'],
    versionArgs: ['--version'],
    pattern: /tesseract v?(\d+\.\d+\.\d+)/,
  };
  const tool = await findTool(wanted, folders, {});
  if (tool === undefined) return undefined;
  const { command, readable, path, environment } = tool;
  return async (picture) => {
    if (picture.length > MAX_PICTURE) return undefined;
    const folder = await mkdtemp(join(tmpdir(), 'certus-picture-'));
    try {
      const [source, writable] = [join(folder, 'source'), join(folder, 'writable')];
      for (const made of [source, writable]) await mkdir(made);
      await writeFile(join(source, 'picture'), picture, { mode: 0o644 });
      for (const made of [folder, source]) await chmod(made, 0o755);
      const { exitCode, exceeded, stdout } = await runSandboxed({
        ...{ command, source, writable, readable, path },
        args: [join(source, 'picture'), 'stdout'],
        cwd: 'home',
        environment: { ...environment, OMP_THREAD_LIMIT: '1' },
        limits: LIMITS,
        network: false,
        keepStdout: true,
      });
      // half of a text is not the text
      return exitCode === 0 && exceeded === null ? stdout.toString('utf8') : undefined;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

const MAX_PICTURE = 64 * 1024 * 1024;
const LIMITS = { seconds: 60, memoryMb: 1024, processes: 16, fileMb: 16, outputMb: 4 };
