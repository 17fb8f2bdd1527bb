import { readFile } from 'node:fs/promises';
import { CertusError } from '../../contracts/errors.ts';
import { type ManifestKey, readManifestKeys } from '../../domain/manifest/manifest-keys.ts';
import { checkRule } from '../../domain/policy/rules.ts';
import type { Settings } from '../../services/config/settings.ts';
import type { ObjectStore, ReadableBucket } from '../../services/objects/store.ts';
import { openRegistry } from '../../services/registry/open-registry.ts';
import type { Registry } from '../../services/registry/registry.ts';

/** Where manifests may be read from besides the repository, and whose signature they need then. */
export type ManifestAccess = {
  /** Folders for `file://`, buckets for `s3://`, registries for `oci://`: what is not named is out of reach. */
  readonly roots: readonly string[];
  readonly buckets: readonly string[];
  readonly registries: readonly string[];
  /** Hosts for `https://` although their address is internal. */
  readonly hosts: readonly string[];
  readonly openBucket: (name: string) => Pick<ReadableBucket, 'read'>;
  readonly openRegistry: (url: string) => Promise<Pick<Registry, 'pullManifest' | 'pullBlob'>>;
  /** `undefined` where manifests need no signature. */
  readonly keys: readonly ManifestKey[] | undefined;
  readonly checkRule: (expression: string) => string | undefined;
};

type ManifestSettings = Pick<
  Settings,
  | 'CERTUS_SOURCE_ROOTS'
  | 'CERTUS_SOURCE_BUCKETS'
  | 'CERTUS_SOURCE_REGISTRIES'
  | 'CERTUS_MANIFEST_ALLOWED_HOSTS'
  | 'CERTUS_MANIFEST_KEY_FILE'
>;

export async function openManifestAccess(
  settings: ManifestSettings,
  objects: Pick<ObjectStore, 'readable'>,
): Promise<ManifestAccess> {
  const keyFile = settings.CERTUS_MANIFEST_KEY_FILE;
  return {
    roots: settings.CERTUS_SOURCE_ROOTS,
    buckets: settings.CERTUS_SOURCE_BUCKETS,
    registries: settings.CERTUS_SOURCE_REGISTRIES,
    hosts: settings.CERTUS_MANIFEST_ALLOWED_HOSTS,
    openBucket: (name) => objects.readable(name),
    // without credentials: they would be asked for by whoever writes a manifest's address
    openRegistry: (url) => openRegistry(url),
    keys: keyFile === undefined ? undefined : readManifestKeys(await readKeyFile(keyFile)),
    checkRule,
  };
}

/** A key that is configured and cannot be read must not read as "no key is needed". */
const readKeyFile = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CertusError('key_unusable', `cannot read CERTUS_MANIFEST_KEY_FILE ${file}`, { cause });
  });
