import { createSignatureTrustActivities } from '../../activities/sign/create-sign-activities.ts';
import { createOrderActivities } from '../../activities/trust/create-order-activities.ts';
import { createTrustActivities } from '../../activities/trust/create-trust-activities.ts';
import type { TrustDeps } from '../../activities/trust/deps.ts';
import { createKeyCareActivities } from '../../activities/trust/keys/check-key-expiry.ts';
import { createKnownActivities } from '../../activities/trust/known/create-known-activities.ts';
import { createDeletionLogActivities } from '../../activities/trust/known/log-deletion.ts';
import { createWitnessActivities } from '../../activities/trust/rekor/create-witness-activities.ts';
import { openGatewayAuthority } from '../../services/authority/gateway-authority.ts';
import { requireSettings } from '../../services/config/require.ts';
import type { Settings } from '../../services/config/settings.ts';
import { openFileSigner } from '../../services/keys/file-signer.ts';
import { openLogSigner } from '../../services/transparency/log-signer.ts';
import { openTransparencyLog } from '../../services/transparency/open-log.ts';
import type { ZoneService } from '../serve-zone.ts';
import { now, readKeySet, readTrustedRoot, type Shared } from '../shared.ts';

const HOUR = 3_600_000;

/** Decides: permit key, log and authority, and only reading of what it decides about. */
export async function trustServices({
  settings,
  database,
  objects,
  version,
}: Shared): Promise<ZoneService[]> {
  const { CERTUS_PERMIT_KEY_FILE, CERTUS_LOG_KEY_FILE } = requireSettings(settings, [
    'CERTUS_PERMIT_KEY_FILE',
    'CERTUS_LOG_KEY_FILE',
  ]);
  const keySet = await readKeySet(settings);
  const logSigner = await openLogSigner(CERTUS_LOG_KEY_FILE, settings.CERTUS_LOG_ORIGIN);
  const trustedRoot = await readTrustedRoot(settings);
  const deps = {
    database,
    raw: objects.readable(settings.CERTUS_RAW_BUCKET),
    permitSigner: await openFileSigner(CERTUS_PERMIT_KEY_FILE),
    log: openTransparencyLog(database, logSigner, keySet),
    keySet,
    permitLifetimeMs: settings.CERTUS_PERMIT_HOURS * HOUR,
    evidenceMaxAgeMs: settings.CERTUS_EVIDENCE_MAX_AGE_HOURS * HOUR,
    ...(await openAuthorities(settings)),
    trustedRoot,
    version,
    now,
  };
  const golden = objects.readable(settings.CERTUS_GOLDEN_BUCKET);
  const rekorUrl = settings.CERTUS_REKOR_URL;
  const activities = {
    ...createTrustActivities(deps),
    ...createOrderActivities(deps),
    ...createKeyCareActivities(deps),
    ...createKnownActivities({ ...deps, golden }),
    ...createDeletionLogActivities({ ...deps, golden }),
    ...createSignatureTrustActivities(deps),
    ...createWitnessActivities({
      ...deps,
      rekor: rekorUrl === undefined ? undefined : { rekorUrl, trust: trustedRoot },
    }),
  };
  return [{ zone: 'trust', activities, concurrency: 8 }];
}

/** Certificates for production come from the gateway where one is named; everything else from the built-in authority. */
async function openAuthorities(
  settings: Settings,
): Promise<Pick<TrustDeps, 'authority' | 'builtInAuthority'>> {
  const {
    CERTUS_AUTHORITY_KEY_FILE: keyFile,
    CERTUS_AUTHORITY_CHAIN_FILE: chainFile,
    CERTUS_AUTHORITY_URL: gateway,
  } = settings;
  const builtIn =
    keyFile === undefined || chainFile === undefined
      ? undefined
      : await (await import('../../services/authority/built-in-authority.ts')).openBuiltInAuthority({
          keyFile,
          chainFile,
        });
  return {
    builtInAuthority: builtIn,
    authority: gateway === undefined ? builtIn : openGatewayAuthority(gateway),
  };
}
