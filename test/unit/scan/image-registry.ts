import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const TAR_GZIP = 'application/vnd.oci.image.layer.v1.tar+gzip';

const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export type TestLayer = {
  readonly bytes: Buffer;
  readonly mediaType?: string;
  readonly annotations?: Record<string, string>;
};

/** The reading half of a registry: it hands out what it was given, and lies where it is told to. */
export class ImageRegistry {
  readonly #server: Server;
  readonly #blobs = new Map<string, Buffer>();
  readonly #manifests = new Map<string, { bytes: Buffer; type: string }>();
  readonly asked: string[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      this.asked.push(request.url ?? '');
      const [, kind, reference = ''] = /\/(blobs|manifests)\/([^/]+)$/.exec(request.url ?? '') ?? [];
      const manifest = kind === 'manifests' ? this.#manifests.get(reference) : undefined;
      const blob = kind === 'blobs' ? this.#blobs.get(reference) : undefined;
      if (manifest !== undefined)
        response.writeHead(200, { 'content-type': manifest.type }).end(manifest.bytes);
      else if (blob !== undefined) response.writeHead(200).end(blob);
      else response.writeHead(404).end();
    });
  }

  static async start(): Promise<ImageRegistry> {
    const registry = new ImageRegistry();
    registry.#server.listen(0, '127.0.0.1');
    await once(registry.#server, 'listening');
    return registry;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Gives the manifest's digest. */
  image(tag: string, layers: readonly TestLayer[]): string {
    const described = layers.map(({ bytes, mediaType = TAR_GZIP, annotations }) => {
      const digest = digestOf(bytes);
      this.#blobs.set(digest, bytes);
      return { mediaType, digest, size: bytes.length, ...(annotations ? { annotations } : {}) };
    });
    return this.manifest(tag, MANIFEST, { schemaVersion: 2, mediaType: MANIFEST, layers: described });
  }

  index(tag: string, platforms: Readonly<Record<string, string>>): string {
    const manifests = Object.entries(platforms).map(([platform, digest]) => {
      const [os, architecture] = platform.split('/');
      return { mediaType: MANIFEST, digest, size: 1, platform: { os, architecture } };
    });
    return this.manifest(tag, INDEX, { schemaVersion: 2, mediaType: INDEX, manifests });
  }

  manifest(tag: string, type: string, content: unknown): string {
    const bytes = Buffer.from(JSON.stringify(content));
    for (const name of [tag, digestOf(bytes)]) this.#manifests.set(name, { bytes, type });
    return digestOf(bytes);
  }

  /** From now on the blob, or the manifest, is another one under the same digest. */
  tamper(digest: string, bytes: Buffer): void {
    if (this.#blobs.has(digest)) this.#blobs.set(digest, bytes);
    const manifest = this.#manifests.get(digest);
    if (manifest !== undefined) this.#manifests.set(digest, { ...manifest, bytes });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
