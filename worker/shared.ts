import { readFile } from 'node:fs/promises';
import { KeySet } from '../contracts/keys.ts';
import { parseTrustedRoot, type TrustedRoot } from '../domain/sigstore/trusted-root.ts';
import { requireSettings } from '../services/config/require.ts';
import type { Settings } from '../services/config/settings.ts';
import type { Database } from '../services/database/database.ts';
import type { ObjectStore } from '../services/objects/store.ts';
import type { SearchIndex } from '../services/search/search-index.ts';

/** What every zone shares; keys and buckets each zone opens for itself. */
export type Shared = {
  readonly settings: Settings;
  readonly database: Database;
  readonly objects: ObjectStore;
  readonly search: () => Promise<SearchIndex>;
  readonly workflowBundle: string;
  readonly version: string;
};

export const now = () => new Date();

export async function readKeySet(settings: Settings): Promise<KeySet> {
  const { CERTUS_KEY_SET_FILE } = requireSettings(settings, ['CERTUS_KEY_SET_FILE']);
  return KeySet.parse(JSON.parse(await readFile(CERTUS_KEY_SET_FILE, 'utf8')));
}

/** Given out by the operator; without one no certificate, log or timestamp of others is believed. */
export async function readTrustedRoot({
  CERTUS_TRUSTED_ROOT_FILE: file,
}: Settings): Promise<TrustedRoot | undefined> {
  if (file === undefined) return undefined;
  return parseTrustedRoot(await readFile(file));
}
