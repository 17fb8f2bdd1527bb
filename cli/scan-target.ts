import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';

export type ScanTarget = {
  readonly source:
    | { source_type: 'git'; git_url: string }
    | { source_type: 'directory'; directory_path: string }
    | { source_type: 's3'; s3_uri: string }
    | { source_type: 'oci'; oci_reference: string }
    /** An archive on this machine, which the API has yet to be given. */
    | { source_type: 'archive'; file: string };
  /** A component id made of the target's name. */
  readonly component: string;
};

/** What was typed is a URL, a bucket, an image, an archive or repository on this machine, or plain files. */
export function scanTarget(typed: string, workingDirectory: string, asDirectory: boolean): ScanTarget {
  // an unset variable in a pipeline must not turn into a scan of whatever folder that runs in
  if (typed.trim() === '')
    throw new CommandError('usage', EXIT.usage, 'name a folder, an archive or a URL to scan');
  const path = resolve(workingDirectory, typed);
  if (!existsSync(path) && isRemote(typed)) {
    if (asDirectory)
      throw new CommandError('usage', EXIT.usage, '--directory needs a folder on this machine');
    return remoteTarget(typed);
  }
  if (!existsSync(path)) throw new CommandError('source_not_found', EXIT.notFound, `there is no ${path}`);
  if (statSync(path).isFile() && !asDirectory)
    return { source: { source_type: 'archive', file: path }, component: componentName(withoutFormat(path)) };
  if (!statSync(path).isDirectory())
    throw new CommandError('source_not_found', EXIT.usage, `${path} is not a folder`);
  // The API allows what lies below certain folders; a link is resolved here, where its owner can see where it leads.
  const folder = realpathSync(path);
  const component = componentName(folder);
  if (!asDirectory && isRepository(folder))
    return { source: { source_type: 'git', git_url: folder }, component };
  return { source: { source_type: 'directory', directory_path: folder }, component };
}

function remoteTarget(typed: string): ScanTarget {
  if (/^s3:/i.test(typed))
    return { source: { source_type: 's3', s3_uri: typed }, component: componentName(typed) };
  const [, reference] = /^oci:\/\/(.+)$/i.exec(typed) ?? [];
  if (reference === undefined)
    return { source: { source_type: 'git', git_url: typed }, component: componentName(typed) };
  const repository = reference.replace(/@.*$|:[^:/]*$/, '');
  return { source: { source_type: 'oci', oci_reference: reference }, component: componentName(repository) };
}

/** What it is, the API finds out by looking at it; this only makes a better name. */
const withoutFormat = (path: string): string => path.replace(/\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|zip)$/i, '');

function isRemote(typed: string): boolean {
  return (
    /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ||
    /^(?:[\w.-]+@)?[\w.-]+:[^/\\]/.test(typed) ||
    /^[\w.-]+@[\w.-]+:/.test(typed)
  );
}

/** A working copy has `.git`, which is a file in worktrees and submodules; a bare one is that folder itself. */
function isRepository(folder: string): boolean {
  const bare = ['HEAD', 'objects', 'refs'].every((name) => existsSync(join(folder, name)));
  return bare || existsSync(join(folder, '.git'));
}

export function componentName(name: string): string {
  const last = basename(name.replace(/[/\\]+$/, '').replace(/:/g, '/')).replace(/\.git$/, '');
  const words = last.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return words.slice(0, 63).replaceAll(/^-+|-+$/g, '') || 'source';
}
