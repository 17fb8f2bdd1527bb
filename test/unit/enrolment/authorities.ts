import { join } from 'node:path';
import { openBuiltInAuthority } from '../../../services/authority/built-in-authority.ts';
import {
  ensureLocalAuthority,
  type LocalAuthorityFiles,
} from '../../../services/authority/local-authority.ts';

export const authorityFiles = (folder: string): LocalAuthorityFiles => ({
  rootKeyFile: join(folder, 'root', 'root.key.pem'),
  issuingKeyFile: join(folder, 'trust', 'authority.key.pem'),
  chainFile: join(folder, 'public', 'authority.pem'),
});

/** The authority of a local installation, as its first start makes it. */
export async function builtInAuthority(folder: string, now?: () => Date) {
  const { issuingKeyFile, chainFile } = await ensureLocalAuthority(authorityFiles(folder));
  return openBuiltInAuthority({ keyFile: issuingKeyFile, chainFile, ...(now && { now }) });
}
