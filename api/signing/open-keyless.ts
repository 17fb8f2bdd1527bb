import type { Settings } from '../../services/config/settings.ts';
import type { KeylessOptions } from '../../services/sigstore/keyless.ts';
import { type KeylessSigner, keylessSigner } from './keyless.ts';

type Named = Pick<Settings, 'CERTUS_FULCIO_URL' | 'CERTUS_REKOR_URL' | 'CERTUS_TSA_URL'>;

/**
 * Signs without a key where all that takes is set. Without a trusted root Trust could believe no such signature, and what
 * Trust does not believe is not signed here.
 */
export function openKeyless(settings: Named, trust: KeylessOptions['trust']): KeylessSigner | undefined {
  const { CERTUS_FULCIO_URL: fulcioUrl, CERTUS_REKOR_URL: url, CERTUS_TSA_URL: tsaUrl } = settings;
  if (fulcioUrl === undefined || url === undefined || trust === undefined) return undefined;
  const services = {
    fulcioUrl,
    logs: [{ url, version: 1 as const }],
    timestampAuthorities: tsaUrl === undefined ? [] : [tsaUrl],
  };
  return keylessSigner(services, { trust, now: () => new Date() });
}
