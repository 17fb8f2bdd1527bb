import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { CertusError } from '../../contracts/errors.ts';
import { onDisk } from '../files/failure.ts';
import type { Descriptor } from './content.ts';
import { createSend } from './distribution-client.ts';
import { openDistributionRegistry } from './distribution-registry.ts';
import { isLoopback } from './exchange.ts';
import { checkDigest, checkRepository } from './names.ts';
import type { Registry } from './registry.ts';
import { retrying } from './retry.ts';

/** A registry that is read from and never written to, without signing in. */
export type SourceRegistry = Pick<Registry, 'pullManifest'> & {
  /** Streams a blob into a new file; what is not of its size and digest is refused and leaves nothing that counts. */
  downloadBlob(
    repository: string,
    descriptor: Pick<Descriptor, 'digest' | 'size'>,
    file: string,
    signal?: AbortSignal,
  ): Promise<void>;
};

/** Of `host[:port]`; reached over TLS, unless it is on this machine. */
export const openSourceRegistry = (host: string): SourceRegistry => {
  const plain = new URL(`http://${host}`);
  const url = isLoopback(plain) ? plain : new URL(`https://${host}`);
  const send = createSend(url, undefined, false);
  return {
    pullManifest: openDistributionRegistry({ url: url.href }).pullManifest,
    downloadBlob: async (repository, { digest, size }, file, signal) => {
      const target = `/v2/${checkRepository(repository)}/blobs/${checkDigest(digest)}`;
      const scope = `repository:${repository}:pull`;
      await retrying(wait, async () => {
        const writer = await openWriter(file, signal);
        try {
          const answer = await send(target, scope, { method: 'GET', limit: size, into: writer.begin });
          if (answer.status === 404)
            throw new CertusError('object_not_found', `There is no blob ${digest} in ${repository}`);
        } finally {
          await writer.close();
        }
        if (writer.digest() !== digest)
          throw new CertusError('digest_mismatch', `The blob in ${repository} is not ${digest}`);
      });
    },
  };
};

/** Writes and hashes; begun again, it forgets what an attempt before left half done. */
const openWriter = async (file: string, signal: AbortSignal | undefined) => {
  const doing = 'store a blob';
  const handle = await onDisk(doing, () => open(file, 'w', 0o600));
  let hash = createHash('sha256');
  const write = async (chunk: Uint8Array) => {
    signal?.throwIfAborted();
    hash.update(chunk);
    await onDisk(doing, () => handle.writeFile(chunk));
  };
  return {
    begin: async () => {
      hash = createHash('sha256');
      await onDisk(doing, () => handle.truncate(0));
      return write;
    },
    digest: () => `sha256:${hash.digest('hex')}`,
    close: () => handle.close(),
  };
};
