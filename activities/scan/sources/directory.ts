import { stat } from 'node:fs/promises';
import { CertusError } from '../../../contracts/errors.ts';
import { allowedPath } from '../../../services/files/allowed-path.ts';
import { copyDirectory } from '../copy-directory.ts';
import { type Fetching, NOWHERE, type Origin } from './origin.ts';

export async function fromDirectory(fetching: Fetching<'directory'>): Promise<Origin> {
  const { source, tree, limits, signal } = fetching;
  const path = await allowedPath(source.path, limits.roots);
  if (!(await stat(path)).isDirectory())
    throw new CertusError('source_not_found', `${source.path} is not a folder`);
  return { ...NOWHERE, skipped: await copyDirectory({ source: path, target: tree, limits, signal }) };
}
