import { setTimeout as wait } from 'node:timers/promises';
import { createSend } from './distribution-client.ts';
import { openDistributionRegistry } from './distribution-registry.ts';
import { downloadBlob } from './download-blob.ts';
import { isLoopback } from './exchange.ts';
import type { Registry } from './registry.ts';

/** A registry that is read from and never written to, without signing in. */
export type SourceRegistry = Pick<Registry, 'pullManifest' | 'downloadBlob'>;

/** Of `host[:port]`; reached over TLS, unless it is on this machine. */
export const openSourceRegistry = (host: string): SourceRegistry => {
  const plain = new URL(`http://${host}`);
  const url = isLoopback(plain) ? plain : new URL(`https://${host}`);
  const send = createSend(url, undefined, false);
  return {
    pullManifest: openDistributionRegistry({ url: url.href }).pullManifest,
    downloadBlob: (...blob) => downloadBlob(send, wait, ...blob),
  };
};
