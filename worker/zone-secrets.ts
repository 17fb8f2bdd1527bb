import type { Zone } from '../contracts/zones.ts';
import { ConfigurationError } from '../services/config/load.ts';
import type { SettingName, Settings } from '../services/config/settings.ts';

/** The secrets that belong to one zone and to no other process. */
export const ZONE_SECRETS = {
  assurance: [
    'CERTUS_EVIDENCE_KEY_FILE',
    'CERTUS_GIT_CREDENTIALS_FILE',
    // the half that opens the private keys of tenants
    'CERTUS_KEY_ENCRYPTION',
    'CERTUS_VAULT_TOKEN_FILE',
  ],
  trust: ['CERTUS_PERMIT_KEY_FILE', 'CERTUS_LOG_KEY_FILE', 'CERTUS_AUTHORITY_KEY_FILE'],
  transform: [
    'CERTUS_PROMOTION_KEY_FILE',
    'CERTUS_REGISTRY_PASSWORD',
    // Notifications leave from here: their secrets must not lie where foreign code is looked at, nor add a way out of trust.
    'CERTUS_NOTIFY_SECRET_FILE',
    'CERTUS_SMTP_URL',
  ],
  ingest: [
    'CERTUS_OPENSEARCH_PASSWORD',
    'CERTUS_EMBEDDINGS_KEY_FILE',
    'CERTUS_INGEST_GIT_CREDENTIALS_FILE',
    // never the one of the API, by which pseudonyms can be undone
    'CERTUS_INDEX_KEY_FILE',
  ],
} as const satisfies Record<Zone, readonly SettingName[]>;

/** What administrators order with: a worker that held it could order for them. */
const OF_THE_API: readonly SettingName[] = [
  'CERTUS_OPERATOR_KEY_FILE',
  'CERTUS_API_TOKENS_FILE',
  'CERTUS_SANITIZE_KEY_FILE',
  'CERTUS_AGENT_TLS_KEY_FILE',
];

/**
 * Refuses to start with what another zone alone may hold: a scanner that runs hostile code cannot leak a permit key
 * that its process was never given.
 */
export function refuseForeignSecrets(settings: Settings, served: readonly Zone[]): void {
  const foreign = (Object.keys(ZONE_SECRETS) as Zone[])
    .filter((zone) => !served.includes(zone))
    .flatMap((zone) =>
      ZONE_SECRETS[zone]
        .filter((name) => settings[name] !== undefined)
        .map((name) => `${name}: belongs to zone ${zone}, which this worker does not serve`),
    );
  for (const name of OF_THE_API)
    if (settings[name] !== undefined) foreign.push(`${name}: belongs to the API, and to no worker`);
  if (foreign.length > 0) throw new ConfigurationError(foreign);
}
