import { setTimeout as wait } from 'node:timers/promises';
import { CertusError } from '../../contracts/errors.ts';
import {
  checkBytes,
  checkManifest,
  describeManifest,
  digestOf,
  MAX_BLOB,
  MAX_MANIFEST,
  OCI_INDEX,
  OCI_MANIFEST,
} from './content.ts';
import { createSend } from './distribution-client.ts';
import { listReferrers } from './distribution-referrers.ts';
import { listTags } from './distribution-tags.ts';
import { uploadBlob } from './distribution-upload.ts';
import { downloadBlob } from './download-blob.ts';
import { type Answer, isLoopback } from './exchange.ts';
import { checkDigest, checkReference, checkRepository, checkTag, isDigest } from './names.ts';
import { referrersFallback } from './referrers-fallback.ts';
import type { Registry, StoredManifest } from './registry.ts';
import { BlobUnknown, retrying, type Wait } from './retry.ts';
import { NOT_DELETED, withdrawManifest } from './withdraw-manifest.ts';

export type DistributionOptions = {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Lets credentials travel over plain http to another machine. */
  readonly insecure?: boolean | undefined;
  /** How to wait between attempts. */
  readonly wait?: Wait;
};

/** A registry that speaks the OCI distribution protocol. */
export const openDistributionRegistry = (options: DistributionOptions): Registry => {
  const { registry, credentials, insecure } = checkOptions(options);
  const send = createSend(registry, credentials, insecure);
  const addReferrer = referrersFallback();
  const again = <T>(attempt: () => Promise<T>) => retrying(options.wait ?? wait, attempt);
  const path = (repository: string, kind: 'blobs' | 'manifests', reference: string) =>
    `/v2/${checkRepository(repository)}/${kind}/${reference}`;

  const hasBlob: Registry['hasBlob'] = async (repository, digest) => {
    const target = path(repository, 'blobs', checkDigest(digest));
    const answer = await again(() => send(target, pull(repository), { method: 'HEAD', limit: 0 }));
    return answer.status === 200;
  };

  const pullManifest: Registry['pullManifest'] = async (repository, reference) => {
    const target = path(repository, 'manifests', checkReference(reference));
    const outgoing = { method: 'GET', headers: { accept: ACCEPTED }, limit: MAX_MANIFEST } as const;
    const answer = await again(() => send(target, pull(repository), outgoing));
    if (answer.status === 404) return undefined;
    const digest = isDigest(reference) ? reference : digestIn(answer, answer.bytes);
    const bytes = checkBytes(answer.bytes, digest, `The manifest ${repository}:${reference}`);
    return { bytes, mediaType: answer.header('content-type')?.split(';')[0]?.trim() ?? OCI_MANIFEST, digest };
  };

  const putManifest = async (repository: string, bytes: Uint8Array, mediaType: string, reference: string) => {
    const target = path(repository, 'manifests', reference);
    const outgoing = {
      method: 'PUT',
      headers: { 'content-type': mediaType },
      body: bytes,
      limit: MAX_NOTE,
    } as const;
    const answer = await onceItsBlobsAreSeen(options.wait ?? wait, () =>
      again(() => send(target, push(repository), outgoing)),
    );
    if (answer.status === 404)
      throw new CertusError('registry_refused', `The registry knows no repository ${repository}`);
    const digest = digestIn(answer, bytes);
    checkBytes(bytes, digest, `The manifest that the registry took for ${repository}`);
    const stored: StoredManifest = { bytes, mediaType, digest };
    return { stored, listsReferrers: answer.header('oci-subject') !== undefined };
  };

  return {
    hasBlob,
    pullManifest,
    pushBlob: async (repository, digest, body, { mountFrom, unasked } = {}) => {
      checkRepository(repository);
      checkDigest(digest);
      if (body instanceof Uint8Array) checkBytes(body, digest, 'The blob');
      const scope = mountFrom === undefined ? push(repository) : `${push(repository)} ${pull(mountFrom)}`;
      const isThere = () => hasBlob(repository, digest);
      const waiting = options.wait ?? wait;
      await uploadBlob({ send, wait: waiting, scope, repository, digest, body, mountFrom, unasked, isThere });
    },
    downloadBlob: (...blob) => downloadBlob(send, options.wait ?? wait, ...blob),
    pullBlob: async (repository, digest, limit = MAX_BLOB) => {
      const target = path(repository, 'blobs', checkDigest(digest));
      const answer = await again(() => send(target, pull(repository), { method: 'GET', limit }));
      if (answer.status === 404)
        throw new CertusError('object_not_found', `There is no blob ${digest} in ${repository}`);
      return checkBytes(answer.bytes, digest, `The blob in ${repository}`);
    },
    pushManifest: async (repository, bytes, mediaType, tag) => {
      checkRepository(repository);
      const manifest = checkManifest(bytes, mediaType);
      const reference = tag === undefined ? digestOf(bytes) : checkTag(tag);
      const { stored, listsReferrers } = await putManifest(repository, bytes, mediaType, reference);
      if (manifest.subject !== undefined && !listsReferrers) {
        const descriptor = describeManifest(manifest, bytes, mediaType);
        const put = (index: Uint8Array, name: string) => putManifest(repository, index, OCI_INDEX, name);
        await addReferrer(
          { pull: (name) => pullManifest(repository, name), put },
          repository,
          manifest.subject.digest,
          { ...descriptor, ...(manifest.annotations && { annotations: manifest.annotations }) },
        );
      }
      return stored;
    },
    withdraw: async (repository, tag) => {
      const find = (reference: string) => pullManifest(repository, reference);
      const remove = (reference: string) =>
        again(() => send(path(repository, 'manifests', reference), erase(repository), DELETION));
      return withdrawManifest({ find, remove }, checkTag(tag));
    },
    referrers: (repository, digest) =>
      listReferrers(
        {
          get: (target) => again(() => send(target, pull(repository), REFERRERS_PAGE)),
          pull: (name) => pullManifest(repository, name),
          registry,
        },
        repository,
        digest,
      ),
    tags: (repository) =>
      listTags((target) => again(() => send(target, pull(repository), TAG_PAGE)), repository, registry),
    reference: (repository, tag, digest) =>
      `${registry.host}/${checkRepository(repository)}:${checkTag(tag)}@${checkDigest(digest)}`,
    ping: async () => {
      await again(() => send('/v2/', '', { method: 'GET', limit: MAX_NOTE }));
    },
  };
};

/** Asked three times before it is believed that a blob is not there. */
const onceItsBlobsAreSeen = async <T>(wait: Wait, put: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await put();
    } catch (error) {
      if (!(error instanceof BlobUnknown) || attempt === 3) throw error;
      await wait(attempt * 150);
    }
  }
};

/** What the registry says the bytes are; ours when it says nothing, or says it in another algorithm. */
const digestIn = (answer: Answer, bytes: Uint8Array): string => {
  const digest = answer.header('docker-content-digest');
  return digest !== undefined && isDigest(digest) ? digest : digestOf(bytes);
};

const MAX_NOTE = 64 * 1024;
const DELETION = { method: 'DELETE', limit: MAX_NOTE, expected: NOT_DELETED } as const;
const TAG_PAGE = { method: 'GET', limit: MAX_MANIFEST } as const;
const REFERRERS_PAGE = { method: 'GET', headers: { accept: OCI_INDEX }, limit: MAX_MANIFEST } as const;
const ACCEPTED = [
  OCI_MANIFEST,
  OCI_INDEX,
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

/** What a token is asked for: no more than the request at hand needs. */
const pull = (repository: string) => `repository:${checkRepository(repository)}:pull`;
const erase = (repository: string) => `repository:${checkRepository(repository)}:pull,delete`;
const push = (repository: string) => `repository:${checkRepository(repository)}:pull,push`;

const checkOptions = ({ url, username, password, insecure = false }: DistributionOptions) => {
  const registry = URL.canParse(url) ? new URL(url) : undefined;
  const plain = registry?.protocol === 'http:';
  if (
    registry === undefined ||
    (registry.protocol !== 'https:' && !plain) ||
    registry.pathname !== '/' ||
    registry.search !== ''
  ) {
    throw invalid(`"${url}" is not the address of a registry: https://host[:port]`);
  }
  if (registry.username !== '' || registry.password !== '')
    throw invalid('Give the credentials beside the registry URL, not in it');
  if ((username === undefined) !== (password === undefined))
    throw invalid('A registry user needs a password, and the other way round');
  if (username === undefined || password === undefined) return { registry, credentials: undefined, insecure };
  if (username.includes(':')) throw invalid('A registry user name cannot hold ":"');
  if (plain && !insecure && !isLoopback(registry))
    throw invalid(`Credentials are not sent to ${registry.origin} over plain http`);
  return { registry, credentials: { username, password }, insecure };
};

const invalid = (message: string) => new CertusError('invalid_request', message);
