import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CertusError } from '../../contracts/errors.ts';
import type { DistributionOptions } from './distribution-registry.ts';
import { openLayoutRegistry } from './layout-registry.ts';
import type { Registry } from './registry.ts';

/** An absolute path or `file:///folder` is a folder of OCI layouts; `https://` and `http://` are a registry. */
export const openRegistry = async (
  url: string,
  credentials: Omit<DistributionOptions, 'url'> = {},
): Promise<Registry> => {
  if (isAbsolute(url)) return openLayoutRegistry(url);
  if (url.startsWith('file:///')) return openLayoutRegistry(fileURLToPath(url));
  if (/^https?:\/\//.test(url)) {
    const { openDistributionRegistry } = await import('./distribution-registry.ts');
    return openDistributionRegistry({ ...credentials, url });
  }
  throw new CertusError(
    'invalid_request',
    `Not a registry: "${url}"; give an absolute path or an https:// address`,
  );
};
