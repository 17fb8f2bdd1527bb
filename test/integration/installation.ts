import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { BUILT_IN_MANIFEST } from '../../contracts/built-in-manifest.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { KeySet } from '../../contracts/keys.ts';
import { goldenManifestKey, goldenPrefix } from '../../contracts/object-keys.ts';
import { workflowId } from '../../contracts/workflow-names.ts';
import type { ScanInput } from '../../contracts/workflows.ts';
import { ZONES, type Zone } from '../../contracts/zones.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { type Database, openDatabase } from '../../services/database/database.ts';
import { ensureLocalKeys } from '../../services/keys/local-keys.ts';
import { openObjectStore } from '../../services/objects/open-objects.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import { shareLogKey } from './shared-log-key.ts';

export type Variant = 'embedded' | 'distributed';
export type Installation = Awaited<ReturnType<typeof install>>;

const need = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};

/**
 * Keys, buckets and workspace of its own over the real servers, and a real process for each zone's worker. What the test
 * sets besides is for the zone that scans, or for the zone that it names.
 */
export async function install(
  variant: Variant,
  besides: Readonly<Record<string, string>> = {},
  ofZones: Readonly<Partial<Record<Zone, Readonly<Record<string, string>>>>> = {},
) {
  const home = await mkdtemp(join(tmpdir(), 'certus-chain-'));
  await shareLogKey(home, need('CERTUS_DATABASE_URL'));
  const keys = await ensureLocalKeys(home);
  const keySet = KeySet.parse(JSON.parse(await readFile(keys.keySetFile, 'utf8')));
  const id = randomBytes(6).toString('hex');
  const scope = { tenant: 'default', workspace: `w-${id}` };
  const common = {
    ...commonEnvironment(variant, home, keys.keySetFile, id),
    CERTUS_AUTHORITY_CHAIN_FILE: keys.authority.chainFile,
  };
  const database = openDatabase(need('CERTUS_DATABASE_URL'));
  await forgetTenant(database, scope.tenant);
  const store = await openObjectStore(common.CERTUS_OBJECTS, {
    endpoint: process.env.CERTUS_S3_ENDPOINT,
    region: process.env.CERTUS_S3_REGION ?? 'us-east-1',
    accessKeyId: process.env.CERTUS_S3_ACCESS_KEY_ID,
    secretAccessKey: process.env.CERTUS_S3_SECRET_ACCESS_KEY,
  });
  const [raw, golden] = [await store.bucket(`raw-${id}`), await store.bucket(`golden-${id}`)];
  const connection = await Connection.connect({ address: need('CERTUS_TEMPORAL_ADDRESS') });
  const own: Record<Zone, Record<string, string>> = {
    assurance: {
      CERTUS_EVIDENCE_KEY_FILE: keys.evidenceKeyFile,
      CERTUS_KEY_ENCRYPTION: keys.sealing.privateKeyFile,
      CERTUS_WORK_DIR: join(home, 'work'),
      CERTUS_SOURCE_ROOTS: `${resolve('samples')},${home}`,
      ...besides,
    },
    trust: {
      CERTUS_PERMIT_KEY_FILE: keys.permitKeyFile,
      CERTUS_LOG_KEY_FILE: keys.logKeyFile,
      CERTUS_AUTHORITY_KEY_FILE: keys.authority.keyFile,
    },
    transform: {
      CERTUS_PROMOTION_KEY_FILE: keys.promotionKeyFile,
      CERTUS_REGISTRY_URL: variant === 'embedded' ? join(home, 'oci') : need('CERTUS_REGISTRY_URL'),
    },
    ingest: { CERTUS_WORK_DIR: join(home, 'ingest-work') },
  };
  const workers = new Workers((zone) => ({
    ...common,
    ...own[zone],
    ...ofZones[zone],
    CERTUS_ZONES: zone,
  }));
  return {
    home,
    common,
    keys,
    keySet,
    scope,
    database,
    raw,
    golden,
    bucket: (name: string) => store.bucket(name),
    workers,
    client: new Client({ connection }),
    newScan: (): ScanInput => newScan(scope),
    /** The keys of everything golden holds of a run, visible or not. */
    inGolden: async ({ testId }: Pick<ScanInput, 'testId'>) => [
      ...(await keysBelow(golden, goldenPrefix(scope, testId))),
      ...(await keysBelow(golden, goldenManifestKey(scope, testId))),
    ],
    /** Copies the golden bundle of a run into a folder, as a person would. */
    download: async ({ testId }: Pick<ScanInput, 'testId'>) => {
      const folder = join(home, `golden-${testId}`);
      await copyBelow(golden, goldenPrefix(scope, testId), folder);
      return folder;
    },
    close: async () => {
      await workers.stop(...ZONES);
      await forgetTenant(database, scope.tenant);
      await Promise.all([connection.close(), database.close(), store.close()]);
      await rm(home, { recursive: true, force: true });
    },
  };
}

/**
 * Installations of one test run follow each other in one database, each with keys of its own: a list of keys or a revocation
 * list that the one before has signed would be a forgery to the next, and its guesses at passwords would count.
 */
async function forgetTenant({ client }: Database, tenant: string): Promise<void> {
  const where = { tenant };
  await Promise.all([
    client.keySetVersion.deleteMany({ where }),
    client.signingKey.deleteMany({ where }),
    client.trustPolicyVersion.deleteMany({ where }),
    client.passwordFailure.deleteMany({ where }),
    client.issuedCertificate.deleteMany(),
    client.revocationList.deleteMany(),
  ]);
}

const commonEnvironment = (variant: Variant, home: string, keySetFile: string, id: string) => ({
  PATH: need('PATH'),
  CERTUS_DATABASE_URL: need('CERTUS_DATABASE_URL'),
  CERTUS_TEMPORAL_ADDRESS: need('CERTUS_TEMPORAL_ADDRESS'),
  CERTUS_WORKFLOW_BUNDLES: join(tmpdir(), 'certus-chain-bundles'),
  CERTUS_KEY_SET_FILE: keySetFile,
  CERTUS_RAW_BUCKET: `raw-${id}`,
  CERTUS_GOLDEN_BUCKET: `golden-${id}`,
  CERTUS_KEYS_BUCKET: `keys-${id}`,
  CERTUS_QUARANTINE_BUCKET: `quarantine-${id}`,
  CERTUS_OBJECTS: variant === 'embedded' ? join(home, 'objects') : 's3://',
  ...(variant === 'embedded'
    ? {}
    : {
        CERTUS_S3_ENDPOINT: need('CERTUS_S3_ENDPOINT'),
        CERTUS_S3_REGION: need('CERTUS_S3_REGION'),
        CERTUS_S3_ACCESS_KEY_ID: need('CERTUS_S3_ACCESS_KEY_ID'),
        CERTUS_S3_SECRET_ACCESS_KEY: need('CERTUS_S3_SECRET_ACCESS_KEY'),
      }),
});

/** The worker processes of the zones, started as a supervisor starts them and killed as a machine kills them. */
class Workers {
  readonly #environment: (zone: Zone) => Record<string, string>;
  readonly #running = new Map<Zone, ChildProcess>();
  #said = '';

  constructor(environment: (zone: Zone) => Record<string, string>) {
    this.#environment = environment;
  }

  async start(...zones: readonly Zone[]): Promise<void> {
    await Promise.all(
      zones.map(async (zone) => {
        const child = spawn(process.execPath, [resolve('worker/main.ts')], {
          env: this.#environment(zone),
          stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        });
        this.#running.set(zone, child);
        let output = '';
        for (const stream of [child.stdout, child.stderr])
          stream?.on('data', (chunk) => {
            output = `${output}${chunk}`.slice(-4000);
            this.#said += chunk;
          });
        const ended = once(child, 'exit').then(() => Promise.reject(new Error(`worker ${zone}: ${output}`)));
        ended.catch(() => undefined); // only an end before it was ready is a fault
        await Promise.race([once(child, 'message'), ended]);
      }),
    );
  }

  /** Everything that any of them has logged. */
  said(): string {
    return this.#said;
  }

  stop(...zones: readonly Zone[]): Promise<void> {
    return this.#end('SIGTERM', zones);
  }

  kill(...zones: readonly Zone[]): Promise<void> {
    return this.#end('SIGKILL', zones);
  }

  pidOf(zone: Zone): number {
    const pid = this.#running.get(zone)?.pid;
    if (pid === undefined) throw new Error(`no worker of ${zone} runs`);
    return pid;
  }

  /** Holds the processes where they are: what reaches them is taken and not done. */
  freeze(...zones: readonly Zone[]): void {
    for (const zone of zones) this.#running.get(zone)?.kill('SIGSTOP');
  }

  async #end(signal: NodeJS.Signals, zones: readonly Zone[]): Promise<void> {
    await Promise.all(
      zones.map(async (zone) => {
        const child = this.#running.get(zone);
        this.#running.delete(zone);
        if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
        const end = once(child, 'exit');
        child.kill(signal);
        child.kill('SIGCONT'); // one that is frozen hears nothing else
        await end;
      }),
    );
  }
}

const newScan = (scope: ScanInput['scope']): ScanInput => ({
  scope,
  component: 'shop',
  assessment: 'default',
  testId: `test_${randomBytes(6).toString('hex')}`,
  source: { type: 'directory', path: resolve('samples/leaky-shop') },
  profile: 'light',
  manifest: { type: 'inline', manifest: BUILT_IN_MANIFEST, digest: sha256(canonicalJson(BUILT_IN_MANIFEST)) },
  requestedBy: null,
  requestedAt: new Date().toISOString(),
  publish: true,
});

export async function keysBelow(bucket: ReadableBucket, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of bucket.list(prefix)) keys.push(key);
  return keys;
}

async function copyBelow(bucket: ReadableBucket, prefix: string, folder: string): Promise<void> {
  for (const key of await keysBelow(bucket, prefix)) {
    const file = join(folder, key.slice(prefix.length));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, await bucket.read(key, 2 ** 28));
  }
}

export const scanId = (input: ScanInput): string => workflowId('scan', input);
