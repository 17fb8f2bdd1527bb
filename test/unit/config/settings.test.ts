import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ZONES, type Zone } from '../../../contracts/zones.ts';
import { describeSettings } from '../../../services/config/describe.ts';
import { ConfigurationError, loadSettings } from '../../../services/config/load.ts';
import { requireSettings } from '../../../services/config/require.ts';
import { FIELDS, type SettingName } from '../../../services/config/settings.ts';
import { refuseForeignSecrets } from '../../../worker/zone-secrets.ts';

const faultsOf = (act: () => unknown): readonly string[] => {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
};
const load = (environment: Record<string, string>) => loadSettings(environment);

function file(content: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'certus-config-')), 'certus.json');
  writeFileSync(path, content);
  return path;
}

describe('settings', () => {
  test('are complete when nothing is set at all', () => {
    const { settings, origins } = load({});
    expect(settings).toMatchObject({
      CERTUS_API_HOST: '127.0.0.1',
      CERTUS_API_PORT: 8056,
      CERTUS_SOURCE_ROOTS: [],
    });
    expect(origins).toMatchObject({ CERTUS_API_PORT: 'default', CERTUS_DATABASE_URL: 'unset' });
  });

  test('come from the environment before the file before the default', () => {
    const CERTUS_CONFIG = file('{"CERTUS_API_PORT": 9000, "CERTUS_RAW_BUCKET": "evidence"}');
    const { settings, origins } = load({ CERTUS_CONFIG, CERTUS_API_PORT: '9001' });
    expect(settings).toMatchObject({
      CERTUS_API_PORT: 9001,
      CERTUS_RAW_BUCKET: 'evidence',
      CERTUS_GOLDEN_BUCKET: 'golden',
    });
    expect(origins).toMatchObject({
      CERTUS_API_PORT: 'environment',
      CERTUS_RAW_BUCKET: 'file',
      CERTUS_GOLDEN_BUCKET: 'default',
    });
  });

  test('that are empty in the environment are not set', () => {
    expect(load({ CERTUS_API_PORT: '' }).settings.CERTUS_API_PORT).toBe(8056);
  });

  test('are split, trimmed and made absolute', () => {
    const { settings } = load({
      CERTUS_SOURCE_ROOTS: ' /a, /b ,,',
      CERTUS_HOME: 'here',
      CERTUS_ZONES: 'trust,ingest',
    });
    expect(settings.CERTUS_SOURCE_ROOTS).toEqual(['/a', '/b']);
    expect(settings.CERTUS_HOME).toBe(join(process.cwd(), 'here'));
    expect(settings.CERTUS_ZONES).toEqual(['trust', 'ingest']);
  });

  test('each have an example that is good', () => {
    const loadable = Object.entries(FIELDS).filter(([, { example }]) => !example.includes('…'));
    expect(
      faultsOf(() => load(Object.fromEntries(loadable.map(([name, { example }]) => [name, example])))),
    ).toEqual([]);
  });
});

describe('a bad configuration', () => {
  test('names every fault at once, wherever it stands', () => {
    const CERTUS_CONFIG = file('{"CERTUS_RAW_BUKET": "x", "CERTUS_PERMIT_HOURS": "never"}');
    const faults = faultsOf(() =>
      load({
        CERTUS_CONFIG,
        CERTUS_API_PORT: '70000',
        CERTUS_LOG_LEVEL: 'loud',
        CERTUS_DATABASE_URL: 'mysql://x',
        CERTUS_OBJECTS: 'relative',
      }),
    );
    const names = faults.map((fault) => fault.split(':')[0]).sort();
    expect(names).toEqual([
      'CERTUS_API_PORT',
      'CERTUS_DATABASE_URL',
      'CERTUS_LOG_LEVEL',
      'CERTUS_OBJECTS',
      'CERTUS_PERMIT_HOURS',
      'CERTUS_RAW_BUKET',
    ]);
  });

  test.each([
    ['is not there', '/nowhere/certus.json'],
    ['is a list', file('[]')],
    ['is no JSON', file('CERTUS_API_PORT=1')],
  ])('is a file that %s', (_, CERTUS_CONFIG) => {
    expect(faultsOf(() => load({ CERTUS_CONFIG }))).toEqual([expect.stringContaining('CERTUS_CONFIG')]);
  });

  test.each(['', ',', 'trust,', 'trust,root'])(
    'is a list of zones like "%s", unless it is clear',
    (zones) => {
      const result = faultsOf(() =>
        requireSettings(load({ CERTUS_ZONES: zones }).settings, ['CERTUS_ZONES']),
      );
      expect(result.length).toBe(zones === 'trust,' ? 0 : 1);
    },
  );

  test('never shows the value of a secret', () => {
    const secret = 'hunter22';
    const broken = file(`{"CERTUS_S3_SECRET_ACCESS_KEY": ${secret}}`);
    const shown = [
      faultsOf(() => load({ CERTUS_CONFIG: broken })),
      faultsOf(() => load({ CERTUS_DATABASE_URL: `mysql://u:${secret}@h` })),
      faultsOf(() => load({ CERTUS_CONFIG: file(`{"CERTUS_REGISTRY_PASSWORD": ["${secret}"]}`) })),
    ];
    expect(shown.every((faults) => faults.length === 1)).toBe(true);
    expect(JSON.stringify(shown)).not.toContain(secret);
  });
});

describe('a description', () => {
  test('shows every setting with its meaning and masks every secret whole', () => {
    const urls: Partial<Record<SettingName, string>> = {
      CERTUS_DATABASE_URL: 'postgres://u:hunter22@h/d',
      CERTUS_SMTP_URL: 'smtp://u:hunter22@h',
    };
    const environment = Object.fromEntries(
      (Object.keys(FIELDS) as SettingName[])
        .filter((name) => (FIELDS[name] as { secret?: boolean }).secret)
        .map((name) => [name, urls[name] ?? 'hunter22']),
    );
    expect(Object.keys(environment).length).toBeGreaterThan(3);
    const described = describeSettings(load(environment));
    expect(described.map(({ name }) => name)).toEqual(Object.keys(FIELDS));
    expect(JSON.stringify(described)).not.toContain('hunter22');
    for (const { name, value, origin } of described) {
      if (name in environment) expect([value, origin]).toEqual(['********', 'environment']);
    }
  });

  test('says of a secret that is not set that it is not set', () => {
    const described = describeSettings(load({}));
    expect(described.find(({ name }) => name === 'CERTUS_S3_SECRET_ACCESS_KEY')).toMatchObject({
      value: null,
      origin: 'unset',
    });
  });

  test.each(['CERTUS_OPENSEARCH_URL', 'CERTUS_REGISTRY_URL', 'CERTUS_S3_ENDPOINT'])(
    'cannot show credentials in %s: they have settings of their own',
    (name) => {
      expect(faultsOf(() => load({ [name]: 'https://user:hunter22@host:9200' }))).toEqual([
        expect.stringMatching(/without credentials/),
      ]);
      expect(faultsOf(() => load({ [name]: 'https://host:9200' }))).toEqual([]);
    },
  );
});

test('what a process cannot work without is named all at once', () => {
  const { settings } = load({});
  expect(
    faultsOf(() => requireSettings(settings, ['CERTUS_DATABASE_URL', 'CERTUS_OBJECTS', 'CERTUS_API_PORT'])),
  ).toEqual(['CERTUS_DATABASE_URL: must be set', 'CERTUS_OBJECTS: must be set']);
});

describe('a worker refuses the secrets of zones that it does not serve', () => {
  const all = load({
    CERTUS_EVIDENCE_KEY_FILE: '/e',
    CERTUS_PERMIT_KEY_FILE: '/p',
    CERTUS_PROMOTION_KEY_FILE: '/m',
  }).settings;
  test.each<[Zone, SettingName]>([
    ['assurance', 'CERTUS_EVIDENCE_KEY_FILE'],
    ['trust', 'CERTUS_PERMIT_KEY_FILE'],
    ['transform', 'CERTUS_PROMOTION_KEY_FILE'],
  ])('%s may hold %s and no other', (zone, own) => {
    const refused = faultsOf(() => refuseForeignSecrets(all, [zone])).map((fault) => fault.split(':')[0]);
    expect(refused).toHaveLength(2);
    expect(refused).not.toContain(own);
    expect(faultsOf(() => refuseForeignSecrets(load({ [own]: '/own' }).settings, [zone]))).toEqual([]);
  });

  test('none may hold what administrators order with', () => {
    const { settings } = load({ CERTUS_OPERATOR_KEY_FILE: '/o' });
    expect(faultsOf(() => refuseForeignSecrets(settings, [...ZONES]))).toEqual([
      expect.stringMatching(/^CERTUS_OPERATOR_KEY_FILE: belongs to the API/),
    ]);
  });

  test('ingest may hold none', () => {
    expect(faultsOf(() => refuseForeignSecrets(all, ['ingest']))).toHaveLength(3);
  });

  test('one process that serves all may hold all', () => {
    expect(faultsOf(() => refuseForeignSecrets(all, ['assurance', 'trust', 'transform', 'ingest']))).toEqual(
      [],
    );
  });
});
