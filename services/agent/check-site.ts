import { constants } from 'node:fs';
import { access, lstat, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { CertusError } from '../../contracts/errors.ts';
import { isBelow } from '../files/allowed-path.ts';
import { isFileError } from '../files/failure.ts';
import { type AgentConfiguration, isLocal, type SourceConfiguration } from './configuration.ts';
import { readIdentity } from './identity.ts';
import { policyOf } from './site-policy.ts';

export type SiteFault = {
  readonly path: string;
  readonly message: string;
  /** What may come back by itself, such as a disk that is not mounted yet: an agent starts, and waits for it. */
  readonly mends?: boolean;
};

/** What of a configuration does not fit this machine. It makes nothing, and asks nobody. */
export async function checkSite(configuration: AgentConfiguration, now: Date): Promise<SiteFault[]> {
  const { platform, spool, work, sources } = configuration;
  const faults = [
    await fault('platform', async () => {
      const { leaf } = await readIdentity(platform);
      if (now > leaf.validToDate) throw new CertusError('certificate_expired', `ended ${leaf.validTo}`);
      if (now < leaf.validFromDate)
        throw new CertusError('certificate_not_yet_valid', `begins ${leaf.validFrom}`);
    }),
    await fault('sanitizer', async () => void policyOf(configuration)),
  ];
  for (const [at, source] of sources.entries()) {
    const path = `sources.${at}`;
    faults.push(await fault(path, () => requireSecret(source)));
    const away = await fault(path, () => requireThere(source));
    faults.push(away && { ...away, mends: true });
    if (source.kind !== 'folder') continue;
    // its own files would change with each reading, and a key would be one of its items
    for (const [name, own] of Object.entries({
      spool: spool.folder,
      work,
      key: platform.key,
      seal: spool.key,
    }))
      if (isBelow(own, source.path))
        faults.push({
          path: `${path}.path`,
          message: `the agent's own ${name} lies in it: ${relative(source.path, own)}`,
        });
  }
  return faults.filter((one) => one !== undefined);
}

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
