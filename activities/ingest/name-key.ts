import { CertusError } from '../../contracts/errors.ts';
import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import type { SourceDeps } from './source-deps.ts';

/** What names are made with where the policy of a workspace asks for them. Without a key nothing is indexed in another way. */
export function nameKeyFor(
  { nameKey }: Pick<SourceDeps, 'nameKey'>,
  tenant: string,
  { index }: PrivacyPolicy,
): Uint8Array | undefined {
  if (index?.replace_with !== 'name') return undefined;
  if (nameKey !== undefined) return nameKey(tenant);
  throw new CertusError(
    'no_sanitize_key',
    'the privacy policy asks for names in the index: that takes CERTUS_INDEX_KEY_FILE in the zone ingest',
  );
}
