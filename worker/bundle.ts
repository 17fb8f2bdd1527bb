import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Prepares the workflow code once for all workers, so that none of them has to carry a bundler in memory. */
export async function ensureWorkflowBundle(folder: string): Promise<{ file: string; built: boolean }> {
  const root = resolve(import.meta.dirname, '..');
  const file = join(folder, `workflows-${await fingerprint(root)}.js`);
  if (await exists(file)) return { file, built: false };
  await mkdir(folder, { recursive: true });
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows', 'index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, code);
  await rename(draft, file);
  await removeOthers(folder, file);
  return { file, built: true };
}

/** Everything the bundle is made of: our own rooms and the SDK's version. */
async function fingerprint(root: string): Promise<string> {
  const hash = createHash('sha256');
  const { version } = createRequire(import.meta.url)('@temporalio/workflow/package.json') as {
    version: string;
  };
  hash.update(version);
  for (const room of ['contracts', 'domain', 'workflows']) {
    const files = await readdir(join(root, room), { recursive: true });
    for (const file of files.filter((name) => name.endsWith('.ts')).sort()) {
      hash.update(`${room}/${file}\0`).update(await readFile(join(root, room, file)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function exists(file: string): Promise<boolean> {
  return readFile(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

async function removeOthers(folder: string, current: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/^workflows-[0-9a-f]{16}\.js$/.test(name) && join(folder, name) !== current)
      await rm(join(folder, name), { force: true });
  }
}

if (import.meta.main) {
  const folder = process.argv[2];
  if (folder === undefined) {
    process.stderr.write('usage: node worker/bundle.ts FOLDER\n');
    process.exit(64);
  }
  const { file } = await ensureWorkflowBundle(resolve(folder));
  process.stdout.write(`${file}\n`);
}
