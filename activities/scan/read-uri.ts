import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CertusError, type ErrorCode } from '../../contracts/errors.ts';
import { fetchBytes } from '../../services/fetch/fetch-bytes.ts';
import { FetchError, type FetchFault } from '../../services/fetch/fetch-error.ts';
import { allowedPath, isBelow } from '../../services/files/allowed-path.ts';
import { openPlainFile } from '../../services/files/plain-file.ts';
import type { ManifestAccess } from './manifest-access.ts';
import { readArtifact } from './read-artifact.ts';
import { readBounded } from './read-bounded.ts';

/** What lies at an address that came with a request. Each kind of address has its own list of what it may name. */
export async function readUri(
  access: ManifestAccess,
  uri: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const scheme = /^(file|s3|https|oci):\/\//.exec(uri)?.[1];
  if (scheme === 'file') return readLocal(uri, access.roots, maxBytes);
  if (scheme === 'https') return readWeb(uri, access.hosts, maxBytes, signal);
  if (scheme === 's3') return telling(TOLD, () => readBucket(access, uri, maxBytes));
  if (scheme === 'oci') return telling(TOLD_OF_REGISTRY, () => readArtifact(access, uri, maxBytes));
  throw new CertusError('invalid_request', 'a manifest is read from file://, s3://, https:// or oci://');
}

/** Looks at the disk only once the path as written is allowed: no answer tells what exists elsewhere. */
async function readLocal(uri: string, roots: readonly string[], maxBytes: number): Promise<Uint8Array> {
  const path = pathOf(uri);
  if (!roots.some((root) => isBelow(path, resolve(root))))
    throw new CertusError('source_not_allowed', 'the manifest is not below a folder of CERTUS_SOURCE_ROOTS');
  const real = await telling({ source_not_found: 'manifest_not_found' }, () => allowedPath(path, roots));
  const handle = await openPlainFile(dirname(real), [basename(real)]);
  if (handle === undefined) throw new CertusError('manifest_not_found', `${path} is not a file`);
  return readBounded(handle, maxBytes);
}

function pathOf(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch {
    throw new CertusError('invalid_request', 'the address of the manifest is not file:///path');
  }
}

async function readWeb(
  uri: string,
  allowedHosts: readonly string[],
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  try {
    return await fetchBytes(uri, { allowedHosts, maxBytes, signal });
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    const hint = error.fault === 'not_allowed' ? ' (CERTUS_MANIFEST_ALLOWED_HOSTS)' : '';
    throw new CertusError(FETCH_CODES[error.fault], `the manifest cannot be read: ${error.message}${hint}`);
  }
}

const FETCH_CODES: Readonly<Record<FetchFault, ErrorCode>> = {
  malformed: 'invalid_request',
  not_allowed: 'source_not_allowed',
  unreachable: 'manifest_unreachable',
  refused: 'manifest_not_found',
  too_large: 'manifest_invalid',
};

async function readBucket({ buckets, openBucket }: ManifestAccess, uri: string, maxBytes: number) {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(uri) ?? [];
  if (!buckets.includes(bucket))
    throw new CertusError(
      'source_not_allowed',
      'the bucket of the manifest is not among CERTUS_SOURCE_BUCKETS',
    );
  return openBucket(bucket).read(key, maxBytes);
}

/** What a store or registry calls an object is a manifest here. */
async function telling<T>(codes: Partial<Record<ErrorCode, ErrorCode>>, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const code = error instanceof CertusError ? codes[error.code] : undefined;
    if (!(error instanceof CertusError) || code === undefined) throw error;
    throw new CertusError(code, `the manifest cannot be read: ${error.message}`, { cause: error });
  }
}

const TOLD: Partial<Record<ErrorCode, ErrorCode>> = {
  object_not_found: 'manifest_not_found',
  object_too_large: 'manifest_invalid',
};
/** Unlike our own store, somebody else's registry is not waited for until it comes back. */
const TOLD_OF_REGISTRY: Partial<Record<ErrorCode, ErrorCode>> = {
  ...TOLD,
  dependency_unavailable: 'manifest_unreachable',
};
