import { join } from 'node:path';
import { ZONES, type Zone } from '../../../contracts/zones.ts';
import { FIELDS, type SettingName } from '../../../services/config/settings.ts';
import type { LocalKeys } from '../../../services/keys/local-keys.ts';
import { CHECKOUT } from '../checkout.ts';
import { baseEnvironment } from '../servers/base-environment.ts';
import type { Program } from '../supervise/program.ts';

export type Values = Readonly<Partial<Record<SettingName, string>>>;

/** What only one of our processes is given. The token opens the API; a key speaks for its zone. */
export type Secrets = { readonly tokenFile: string; readonly keys: LocalKeys };

/**
 * The API, and a worker for each trust zone: separate processes, each told only its own secrets. They run as one user, so
 * on one machine it is their code that keeps them apart; in containers it is the accounts and volumes too.
 */
export function ourPrograms(
  shared: Values,
  { tokenFile, keys }: Secrets,
): { api: Program; workers: Program[] } {
  const ofZone: Record<Zone, Values> = {
    assurance: {
      CERTUS_EVIDENCE_KEY_FILE: keys.evidenceKeyFile,
      CERTUS_KEY_ENCRYPTION: keys.sealing.privateKeyFile,
      ...fromPerson(['CERTUS_GIT_CREDENTIALS_FILE']),
      ...sealing(),
    },
    trust: {
      CERTUS_PERMIT_KEY_FILE: keys.permitKeyFile,
      CERTUS_LOG_KEY_FILE: keys.logKeyFile,
      CERTUS_AUTHORITY_KEY_FILE: keys.authority.keyFile,
      ...fromPerson(['CERTUS_AUTHORITY_KEY_FILE']),
    },
    transform: {
      CERTUS_PROMOTION_KEY_FILE: keys.promotionKeyFile,
      CERTUS_NOTIFY_SECRET_FILE: keys.notifySecretFile,
      ...fromPerson(['CERTUS_REGISTRY_PASSWORD', 'CERTUS_NOTIFY_SECRET_FILE', 'CERTUS_SMTP_URL']),
    },
    ingest: fromPerson([
      'CERTUS_OPENSEARCH_PASSWORD',
      'CERTUS_EMBEDDINGS_KEY_FILE',
      'CERTUS_INGEST_GIT_CREDENTIALS_FILE',
      'CERTUS_INDEX_KEY_FILE',
    ]),
  };
  const worker = (zone: Zone) =>
    ourProgram(zone, 'worker/main.ts', { ...shared, CERTUS_ZONES: zone, ...ofZone[zone] }, FLAGS[zone]);
  return {
    api: ourProgram('api', 'api/main.ts', {
      ...shared,
      CERTUS_API_TOKEN_FILE: tokenFile,
      CERTUS_OPERATOR_KEY_FILE: keys.operatorKeyFile,
      CERTUS_KEY_ENCRYPTION: keys.sealing.publicKeyFile,
      ...fromPerson([
        'CERTUS_OPENSEARCH_PASSWORD',
        'CERTUS_API_TOKENS_FILE',
        'CERTUS_SANITIZE_KEY_FILE',
        'CERTUS_AGENT_TLS_KEY_FILE',
      ]),
      ...sealing(),
    }),
    workers: ZONES.map(worker),
  };
}

/** Sends `{ready: true}` once it serves, and ends when its IPC channel closes: so it never outlives its supervisor. */
function ourProgram(
  name: string,
  script: string,
  values: Values,
  flags: readonly string[] = FRUGAL.nodeFlags,
): Program {
  return {
    name,
    command: process.execPath,
    args: [...flags, join(CHECKOUT, script)],
    env: { ...baseEnvironment(), ...FRUGAL.environment, ...outsideWorld(), ...fromPerson(), ...values },
    cwd: CHECKOUT,
    healthy: 'ready-message',
    startSeconds: 60,
    stop: { signal: 'SIGTERM', graceSeconds: 20 },
  };
}

/**
 * Six runtimes share a laptop. A small nursery and few malloc arenas halve what each keeps for itself, at no cost that
 * can be measured: none of them computes for long.
 */
export const FRUGAL = {
  nodeFlags: ['--max-semi-space-size=1'],
  environment: { MALLOC_ARENA_MAX: '2' },
} as const;

/** But who fills an index does: with a small nursery a third of its time would go into looking what of it is still needed. */
const FLAGS: Partial<Readonly<Record<Zone, readonly string[]>>> = { ingest: ['--max-semi-space-size=16'] };

/** How git and HTTP clients get out of here. */
function outsideWorld(): Record<string, string> {
  const names =
    /^(https?_proxy|no_proxy|ssl_cert_(file|dir)|node_extra_ca_certs|ssh_auth_sock|git_ssh(_command)?|node_compile_cache)$/i;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && names.test(name) ? [[name, value]] : [],
    ),
  );
}

const SEALING: readonly SettingName[] = ['CERTUS_KEY_ENCRYPTION', 'CERTUS_VAULT_TOKEN_FILE'];

/** A person who seals with Vault or KMS says so to both who close and who open; KMS knows them by AWS's own variables. */
function sealing(): Record<string, string> {
  const chosen = fromPerson(SEALING);
  if (!chosen.CERTUS_KEY_ENCRYPTION?.startsWith('awskms:')) return chosen;
  return { ...chosen, ...fromPerson(Object.keys(process.env).filter((name) => name.startsWith('AWS_'))) };
}

const SECRETS_OF_ONE: readonly SettingName[] = [
  'CERTUS_API_TOKEN_FILE',
  'CERTUS_API_TOKENS_FILE',
  'CERTUS_SANITIZE_KEY_FILE',
  'CERTUS_AGENT_TLS_KEY_FILE',
  'CERTUS_EVIDENCE_KEY_FILE',
  'CERTUS_GIT_CREDENTIALS_FILE',
  'CERTUS_PERMIT_KEY_FILE',
  'CERTUS_LOG_KEY_FILE',
  'CERTUS_AUTHORITY_KEY_FILE',
  'CERTUS_OPERATOR_KEY_FILE',
  ...SEALING,
  'CERTUS_PROMOTION_KEY_FILE',
  'CERTUS_REGISTRY_PASSWORD',
  'CERTUS_OPENSEARCH_PASSWORD',
  'CERTUS_EMBEDDINGS_KEY_FILE',
  'CERTUS_INGEST_GIT_CREDENTIALS_FILE',
  'CERTUS_INDEX_KEY_FILE',
  'CERTUS_NOTIFY_SECRET_FILE',
  'CERTUS_SMTP_URL',
];

const FOR_ALL = [...Object.keys(FIELDS), 'CERTUS_CONFIG'].filter(
  (name) => !SECRETS_OF_ONE.includes(name as SettingName),
);

/** Settings a person made reach every process, but for the secrets that belong to some. */
function fromPerson(names: readonly string[] = FOR_ALL): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
