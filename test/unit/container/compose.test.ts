import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { SEARCH_ATTRIBUTES, ZONES, type Zone } from '../../../contracts/zones.ts';
import { opensearch } from '../../../infra/local/servers/opensearch.ts';
import { registry } from '../../../infra/local/servers/registry.ts';
import { s3 } from '../../../infra/local/servers/s3.ts';
import { loadSettings } from '../../../services/config/load.ts';
import { FIELDS, type SettingName, type Settings } from '../../../services/config/settings.ts';
import { refuseForeignSecrets, ZONE_SECRETS } from '../../../worker/zone-secrets.ts';
import { composeSource, mounts, readCompose, type Service } from './compose.ts';
import { environmentOf, lastOf, readDockerfile } from './dockerfile.ts';

const asked = [...composeSource().matchAll(/\$\{(\w+):\?/g)].map(([, name = '']) => name);
const PASSWORDS = Object.fromEntries(asked.map((name, at) => [name, `generated-${at}`]));
const { services, networks, volumes, configs } = readCompose(PASSWORDS);
const stages = readDockerfile();
const all = Object.entries(services);
const ours = all.filter(([, { build }]) => build !== undefined);
const { version } = JSON.parse(readFileSync(resolve('package.json'), 'utf8'));

const service = (name: string): Service => {
  const found = services[name];
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
};
/** What a process of ours finds in its environment: the image's, and over it the service's. */
const environment = ({ build, environment: own }: Service): Record<string, string> => ({
  ...environmentOf(stages, build?.target ?? ''),
  ...own,
});
const settingsOf = (one: Service): Settings => loadSettings(environment(one)).settings;
const worker = (zone: Zone) => service(`worker-${zone}`);

test('nothing starts without generated passwords', () => {
  expect(() => readCompose({})).toThrow('new-env.sh');
  for (const name of Object.keys(PASSWORDS))
    expect(() => readCompose({ ...PASSWORDS, [name]: '' })).toThrow(name);
});

test('no password is written down', () => {
  const secretFields = (Object.keys(FIELDS) as SettingName[]).filter((name) => 'secret' in FIELDS[name]);
  const isSecret = (name: string) =>
    secretFields.includes(name as SettingName) || /PASSWORD|PWD|SECRET(?!_FILE)/.test(name);
  const values = all.flatMap(([name, { environment: own = {} }]) =>
    Object.entries(own)
      .filter(([key]) => isSecret(key))
      .map(([key, value]) => ({ at: `${name} ${key}`, value })),
  );
  expect(values.length).toBeGreaterThan(10);
  // what is asked for when nobody has given anything is generated; the rest is empty until somebody gives it
  expect(values.filter(({ value }) => value !== '' && !value.includes('generated-'))).toEqual([]);
});

test.each(all)('%s is of a fixed version', (_name, { image, build }) => {
  expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?$/);
  if (build !== undefined) expect(image).toBe(`certus-${build.target}:${version}`);
});

test('the servers are those that the tests run against', () => {
  expect(service('s3').image).toMatch(new RegExp(`:v${s3.artifact.version}$`));
  expect(service('registry').image).toMatch(new RegExp(`:${registry.artifact.version}$`));
  expect(opensearch.artifact.version).toContain(service('opensearch').image.split(':')[1]);
});

test.each(all)('%s holds no right that it does not need', (name, one) => {
  expect(one.cap_drop).toEqual(['ALL']);
  expect(one.security_opt).toEqual(['no-new-privileges:true']);
  expect(Object.keys(one.deploy?.resources.limits ?? {}).sort()).toEqual(['cpus', 'memory', 'pids']);
  expect(one.tmpfs).toContain('/tmp');
  // the exceptions, each with its reason in the file
  expect(one.read_only).toBe(!['opensearch', 'temporal-ui'].includes(name));
  expect(one.cap_add ?? []).toEqual(name === 'temporal-ui' ? ['DAC_OVERRIDE'] : []);
});

test('only the API and the Web UI can be reached, and only from this machine', () => {
  const published = all.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`));
  expect(published).toEqual(['api 127.0.0.1:8056:8056', 'temporal-ui 127.0.0.1:8233:8080']);
});

test.each(all)('%s waits for what exists and what can come true', (_name, { depends_on = {} }) => {
  for (const [target, { condition }] of Object.entries(depends_on)) {
    const awaited = service(target);
    if (condition === 'service_healthy') expect(awaited.healthcheck).toBeDefined();
    else {
      expect(condition).toBe('service_completed_successfully');
      expect(awaited.restart).toBe('no');
    }
  }
});

test.each(all)('%s uses volumes, networks and files that are there', (_name, one) => {
  expect(mounts(one).filter(({ volume }) => !(volume in volumes))).toEqual([]);
  expect((one.networks ?? []).filter((name) => !(name in networks))).toEqual([]);
  expect((one.networks ?? []).length > 0).toBe(one.network_mode === undefined);
  for (const { source } of one.configs ?? [])
    expect(existsSync(resolve(configs[source]?.file ?? ''))).toBe(true);
});

test.each(ours)('%s is given settings that exist and load', (_name, one) => {
  const names = Object.keys(environment(one)).filter((name) => name.startsWith('CERTUS_'));
  expect(names.filter((name) => !(name in FIELDS))).toEqual([]);
  expect(names.length).toBeGreaterThan(0);
  expect(() => settingsOf(one)).not.toThrow();
});

test('a setting that is misspelt or out of range would be found', () => {
  const broken = { ...environment(service('api')), CERTUS_API_PORT: 'eighty' };
  expect(() => loadSettings(broken)).toThrow('CERTUS_API_PORT');
});

test('the API answers under the names it is reached by, and under no other', () => {
  const { CERTUS_API_HOST, CERTUS_API_PORT, CERTUS_API_ALLOWED_HOSTS } = settingsOf(service('api'));
  expect(CERTUS_API_HOST).toBe('0.0.0.0');
  // an empty list would switch the guard off for an address that is not loopback
  expect(CERTUS_API_ALLOWED_HOSTS).toEqual(['localhost']);
  expect(service('api').ports?.[0]).toMatch(new RegExp(`:${CERTUS_API_PORT}$`));
  expect(lastOf(stages, 'api', 'EXPOSE')?.text).toBe(String(CERTUS_API_PORT));
});

describe('the trust zones', () => {
  const keyFiles = (one: Service) =>
    Object.entries(environment(one)).filter(([name]) => /_FILE$/.test(name) && name in FIELDS);
  const privateKeys = ['evidence-key', 'permit-key', 'promotion-key'];

  test('there is a worker for each, and none for two', () => {
    const served = ours
      .filter(([, { build }]) => build?.target === 'worker')
      .map(([, one]) => settingsOf(one));
    expect(served.map(({ CERTUS_ZONES }) => CERTUS_ZONES)).toEqual(ZONES.map((zone) => [zone]));
  });

  test.each(ZONES)('%s is given its own secrets and no others', (zone) => {
    const settings = settingsOf(worker(zone));
    // its key in any case; the registry and the index of this set are inside its networks and ask for no password, and
    // nothing embeds, nor does a policy that nobody has set ask for names in the index
    const optional = ['CERTUS_EMBEDDINGS_KEY_FILE', 'CERTUS_INDEX_KEY_FILE'];
    const keys = ZONE_SECRETS[zone].filter((name) => name.endsWith('_KEY_FILE') && !optional.includes(name));
    for (const name of keys) expect(settings[name]).toBeDefined();
    expect(() => refuseForeignSecrets(settings, [zone])).not.toThrow();
    expect(settings.CERTUS_S3_ACCESS_KEY_ID).toBe(`certus-${zone}`);
  });

  test('no two zones share an account at the object store, nor does the API have one of theirs', () => {
    const users = [...ZONES.map(worker), service('api')].map(settingsOf);
    const accounts = new Set(users.map((user) => user.CERTUS_S3_ACCESS_KEY_ID));
    const secrets = new Set(users.map((user) => user.CERTUS_S3_SECRET_ACCESS_KEY));
    expect([accounts.size, secrets.size]).toEqual([users.length, users.length]);
    const root = service('s3').environment?.ROOT_SECRET_KEY;
    const holders = all.filter(([, { environment: own = {} }]) => Object.values(own).includes(root ?? ''));
    expect(holders.map(([name]) => name)).toEqual(['s3', 's3-setup']);
  });

  test('each private key is in one worker, and in the container that made it', () => {
    const holders = (volume: string) =>
      all.filter(([, one]) => mounts(one).some((mount) => mount.volume === volume)).map(([name]) => name);
    expect(privateKeys.map(holders)).toEqual([
      ['worker-assurance', 'keys'],
      ['worker-trust', 'keys'],
      ['worker-transform', 'keys'],
    ]);
    expect(holders('api-token')).toEqual(['api', 'keys']);
    expect(service('keys').network_mode).toBe('none');
  });

  test.each(ours)('%s reads its keys from volumes that it cannot write', (_name, one) => {
    for (const [, file] of keyFiles(one)) {
      const mount = mounts(one).find(({ target }) => file.startsWith(`${target}/`));
      expect(mount).toMatchObject({ readOnly: true });
    }
  });

  test('the keys are written where the workers look for them', () => {
    const made: Record<string, string> = {
      'evidence-key': 'keys/assurance',
      'permit-key': 'keys/trust',
      'promotion-key': 'keys/transform',
      'public-keys': 'keys/public',
      'api-token': 'api',
    };
    const home = settingsOf(service('keys')).CERTUS_HOME;
    for (const [volume, folder] of Object.entries(made)) {
      expect(mounts(service('keys'))).toContainEqual({
        volume,
        target: `${home}/${folder}`,
        readOnly: false,
      });
    }
  });
});

test('what may be as large as an archive waits on a disk: /tmp is memory', () => {
  const buffers = ['api', 'worker-assurance', 'worker-transform'].map((name) => {
    const { TMPDIR } = environment(service(name));
    return mounts(service(name)).find(({ target }) => target === TMPDIR);
  });
  for (const mount of buffers) expect(mount).toMatchObject({ readOnly: false });
  expect(new Set(buffers.map((mount) => mount?.volume)).size).toBe(3);
});

test('the scanner reads the advisories that another container fetches, and cannot change them', () => {
  const at = (name: string) => mounts(service(name)).find(({ volume }) => volume === 'advisories');
  expect(at('worker-assurance')).toMatchObject({ readOnly: true });
  expect(at('advisories')).toMatchObject({ readOnly: false });
  expect(settingsOf(service('worker-assurance')).CERTUS_ADVISORIES).toBe(at('worker-assurance')?.target);
  expect(settingsOf(service('advisories')).CERTUS_ADVISORIES).toBe(at('advisories')?.target);
});

test.each([
  ['CERTUS_SOURCE_BUCKETS', ['api', 'worker-assurance', 'worker-ingest']],
  ['CERTUS_SOURCE_REGISTRIES', ['api', 'worker-assurance']],
])('%s is told to the API, which accepts a source, and to those who fetch it', (name, expected) => {
  const told = readCompose({ ...PASSWORDS, [name]: 'team' }).services;
  const holders = Object.keys(told).filter((one) => told[one]?.environment?.[name] === 'team');
  expect(holders).toEqual(expected);
});

test.each(['CERTUS_SMTP_URL', 'CERTUS_MAIL_FROM', 'CERTUS_NOTIFY_ALLOWED_HOSTS'])(
  '%s is told to who sends notifications, and to nobody else',
  (name) => {
    const told = readCompose({ ...PASSWORDS, [name]: 'given' }).services;
    const holders = Object.keys(told).filter((one) => told[one]?.environment?.[name] === 'given');
    expect(holders).toEqual(['worker-transform']);
  },
);

test.each([
  ['CERTUS_EMBEDDINGS', 'ollama'],
  ['CERTUS_EMBEDDINGS_URL', 'http://ollama.example:11434'],
  ['CERTUS_EMBEDDINGS_MODEL', 'all-minilm'],
  ['CERTUS_EMBEDDINGS_DIMENSION', '768'],
  ['CERTUS_EMBEDDINGS_RUNTIME', '/opt/onnxruntime'],
])('%s is told to who indexes and to who searches: vectors of two kinds match nothing', (name, value) => {
  const told = readCompose({ ...PASSWORDS, [name]: value }).services;
  const holders = Object.keys(told).filter((one) => told[one]?.environment?.[name] === value);
  expect(holders).toEqual(['api', 'worker-ingest']);
  for (const one of holders) expect(() => settingsOf(told[one] as Service)).not.toThrow();
});

describe('the networks', () => {
  const members = (network: string) =>
    all.filter(([, one]) => one.networks?.includes(network)).map(([name]) => name);
  const meet = (a: string, b: string) =>
    (service(a).networks ?? []).some((network) => service(b).networks?.includes(network));

  test('only who fetches sources and advisories reaches the internet, and what is published is published by two', () => {
    const open = Object.keys(networks).filter((name) => networks[name]?.internal !== true);
    expect(open.sort()).toEqual(['internet', 'published']);
    expect(members('internet')).toEqual(['worker-assurance', 'worker-ingest', 'advisories']);
    expect(members('published')).toEqual(['api', 'temporal-ui']);
  });

  test('notifications have a way out of their own, which is closed until somebody opens it', () => {
    expect(networks.notices?.internal).toBe(true);
    expect(members('notices')).toEqual(['worker-transform']);
    const opened = readCompose({ ...PASSWORDS, CERTUS_NOTICES_INTERNAL: 'false' }).networks;
    expect(Object.keys(opened).filter((name) => opened[name]?.internal !== networks[name]?.internal)).toEqual(
      ['notices'],
    );
  });

  test.each(all)('%s reaches every server that its settings name', (name, { environment: own = {} }) => {
    const hosts = Object.values(own).flatMap((value) =>
      Object.keys(services).filter((host) => new RegExp(`(^|//|@)${host}(:\\d+|$)`).test(value)),
    );
    expect(hosts.filter((host) => !meet(name, host))).toEqual([]);
  });

  test.each([
    ['worker-assurance', ['registry', 'opensearch', 'temporal-postgres']],
    ['worker-trust', ['registry', 'opensearch', 'temporal-postgres']],
    ['worker-transform', ['opensearch', 'temporal-postgres']],
    ['worker-ingest', ['registry', 'temporal-postgres']],
    // s3 it needs: for what callers upload, and to hand out evidence
    ['api', ['registry', 'temporal-postgres']],
    ['advisories', ['postgres', 'temporal', 's3', 'registry', 'opensearch']],
    ['migrate', ['temporal', 's3', 'registry', 'opensearch']],
  ])('%s does not reach what it has no use for', (name, others) => {
    expect(others.filter((other) => meet(name, other))).toEqual([]);
  });
});

test('every search attribute that workflows set is registered', () => {
  const script = readFileSync(resolve('infra/container/temporal-namespace.sh'), 'utf8');
  const listed = /for name in (.*); do/.exec(script)?.[1]?.split(' ');
  expect(listed).toEqual(Object.values(SEARCH_ATTRIBUTES));
});
