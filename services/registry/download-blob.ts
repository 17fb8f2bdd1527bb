import { CertusError } from '../../contracts/errors.ts';
import { blobFile } from './blob-file.ts';
import type { Descriptor } from './content.ts';
import type { Send } from './distribution-client.ts';
import { checkDigest, checkRepository } from './names.ts';
import { retrying, type Wait } from './retry.ts';

/** Streams a blob to the disk. An attempt that breaks is begun anew: what it has written does not count. */
export const downloadBlob = async (
  send: Send,
  wait: Wait,
  repository: string,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
  file: string,
  signal?: AbortSignal,
): Promise<void> => {
  const target = `/v2/${checkRepository(repository)}/blobs/${checkDigest(digest)}`;
  const scope = `repository:${repository}:pull`;
  await retrying(wait, async () => {
    const writer = await blobFile(file, signal);
    try {
      const answer = await send(target, scope, { method: 'GET', limit: size, into: writer.begin });
      if (answer.status === 404)
        throw new CertusError('object_not_found', `There is no blob ${digest} in ${repository}`);
    } finally {
      await writer.close();
    }
    writer.require({ digest, size }, repository);
  });
};
