import { constants } from 'node:fs';
import { access, lstat, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { CertusError } from '../../contracts/errors.ts';
import { isBelow } from '../files/allowed-path.ts';
import { isFileError } from '../files/failure.ts';
import { type AgentConfiguration, isLocal, type SourceConfiguration } from './configuration.ts';
import { readIdentity } from './identity.ts';
import { openSiteKeys } from './site-keys.ts';
import { policyOf } from './site-policy.ts';
import { STATE_FILE } from './site-state.ts';

export type SiteFault = {
  readonly path: string;
  readonly message: string;
  /** What may come back by itself, such as a disk that is not mounted yet: an agent starts, and waits for it. */
  readonly mends?: boolean;
};

/** What of a configuration, and of the file that it stands in, does not fit this machine. It makes nothing, and asks nobody. */
export async function checkSite(
  configuration: AgentConfiguration,
  now: Date,
  file: string,
): Promise<SiteFault[]> {
  const { platform, spool, work, sources } = configuration;
  const faults = [
    await fault('platform', async () => {
      const { leaf } = await readIdentity(platform);
      if (now > leaf.validToDate) throw new CertusError('certificate_expired', `ended ${leaf.validTo}`);
      if (now < leaf.validFromDate)
        throw new CertusError('certificate_not_yet_valid', `begins ${leaf.validFrom}`);
    }),
    await fault('sanitizer', async () => void policyOf(configuration)),
    await fault('spool.folder', () => requireWritable(spool.folder)),
    await fault('spool.key', () => requireOwnKey(spool)),
    await fault('work', () => requireWritable(work)),
  ];
  const own = await ownPlaces(configuration, file);
  for (const [at, source] of sources.entries()) {
    const path = `sources.${at}`;
    faults.push(await fault(path, () => requireSecret(source)));
    const away = await fault(path, () => requireThere(source));
    faults.push(away && { ...away, mends: true });
    if (source.kind !== 'folder') continue;
    // its own files would change with each reading, and a key would be one of its items
    const root = await realPlace(source.path);
    for (const [name, place] of own)
      if (isBelow(place, root))
        faults.push({
          path: `${path}.path`,
          message: `the agent's own ${name} lies in it: ${relative(root, place)}`,
        });
  }
  return faults.filter((one) => one !== undefined);
}

/** Where they really are: a link would hide them below a source. */
async function ownPlaces(
  { platform, spool, work, sources }: AgentConfiguration,
  file: string,
): Promise<(readonly [name: string, place: string])[]> {
  const named: (readonly [string, string])[] = [
    ['spool', spool.folder],
    ['work', work],
    ['key', platform.key],
    ['seal', spool.key],
    ['configuration', file],
  ];
  for (const source of sources) {
    const secret = secretOf(source);
    if (secret !== undefined) named.push([`secret of ${source.name}`, secret]);
  }
  return Promise.all(named.map(async ([name, path]) => [name, await realPlace(path)] as const));
}

/** Also of what is not there yet. */
async function realPlace(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isFileError(error, 'ENOENT', 'ENOTDIR')) return join(await realPlace(dirname(path)), basename(path));
    // nobody of this agent looks into it
    if (isFileError(error)) return path;
    throw error;
  }
}

/** What is not there yet is made, with all above it. */
async function requireWritable(folder: string): Promise<void> {
  let there = folder;
  while (!(await isThere(there))) there = dirname(there);
  if (!(await stat(there)).isDirectory()) throw new CertusError('not_found', `${there} is not a folder`);
  await access(there, constants.R_OK | constants.W_OK | constants.X_OK);
}

/** It is made at the first start, and never again: what is in the spool could not be read with another one. */
async function requireOwnKey({ folder, key }: AgentConfiguration['spool']): Promise<void> {
  const isMade = (await isThere(key)) || (await isThere(join(folder, STATE_FILE)));
  if (isMade) await openSiteKeys(key, false);
  else await access(dirname(key), constants.W_OK | constants.X_OK);
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: unknown) => {
      if (isFileError(error, 'ENOENT')) return false;
      throw error;
    },
  );

async function requireThere(source: SourceConfiguration): Promise<void> {
  if (source.kind === 'folder') {
    if (!(await lstat(source.path)).isDirectory())
      throw new CertusError('source_not_found', 'is not a folder');
    await access(source.path, constants.R_OK | constants.X_OK);
  }
  if (source.kind === 'git' && isLocal(source.repository)) await access(source.repository, constants.R_OK);
}

async function requireSecret(source: SourceConfiguration): Promise<void> {
  const secret = secretOf(source);
  if (secret !== undefined && ((await stat(secret)).mode & 0o077) !== 0)
    throw new CertusError('key_unusable', `${secret} can be read by others; run: chmod 600 ${secret}`);
}

function secretOf(source: SourceConfiguration): string | undefined {
  switch (source.kind) {
    case 'git':
      return source.credentials_file;
    case 's3':
      return source.secret_access_key_file;
    case 'drop':
      return source.token_file;
    case 'folder':
      return undefined;
  }
}

async function fault(path: string, work: () => Promise<void>): Promise<SiteFault | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof CertusError) return { path, message: error.message };
    if (isFileError(error)) return { path, message: `${error.code}: ${error.path ?? ''}` };
    throw error;
  }
}
