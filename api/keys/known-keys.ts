import { CertusError } from '../../contracts/errors.ts';
import type { SigningKeyView } from '../../contracts/key-registry.ts';
import type { Environment, TrustedKey } from '../../contracts/keys.ts';
import { findKey, listKeys } from '../../services/database/signing-keys.ts';
import type { ApiDeps } from '../deps.ts';
import { keyView, pinnedKeyView } from './key-view.ts';

type Deps = Pick<ApiDeps, 'database' | 'trust'>;
type Filter = {
  readonly environment?: Environment | undefined;
  readonly status?: SigningKeyView['status'] | undefined;
};

/** The keys of a tenant, the newest first: registered ones, then those of the installation's file that are not. */
export async function everyKey(deps: Deps, tenant: string, filter: Filter): Promise<SigningKeyView[]> {
  const registered = (await listKeys(deps.database, tenant, {})).map(keyView);
  const ids = new Set(registered.map(({ id }) => id));
  const pinned = pinnedKeys(deps, tenant)
    .filter(({ id }) => !ids.has(id))
    .map(pinnedKeyView);
  return [...registered, ...pinned].filter(
    ({ environment, status }) =>
      (filter.environment ?? environment) === environment && (filter.status ?? status) === status,
  );
}

export async function knownKey(deps: Deps, tenant: string, id: string): Promise<SigningKeyView> {
  const key = await findKeyView(deps, tenant, id);
  if (key === undefined) throw new CertusError('key_not_found', `there is no key ${id}`);
  return key;
}

export async function findKeyView(
  deps: Deps,
  tenant: string,
  id: string,
): Promise<SigningKeyView | undefined> {
  const record = await findKey(deps.database, tenant, id);
  if (record !== undefined) return keyView(record);
  const pinned = pinnedKeys(deps, tenant).find((key) => key.id === id);
  return pinned && pinnedKeyView(pinned);
}

const pinnedKeys = ({ trust }: Deps, tenant: string): TrustedKey[] =>
  trust.keySet.keys.filter((key) => key.role === 'evidence' && key.tenant === tenant);
