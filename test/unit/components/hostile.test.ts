import { describe, expect, test } from '@jest/globals';
import { readCargoLock } from '../../../domain/components/cargo-lock.ts';
import { type Reader, Unreadable } from '../../../domain/components/component.ts';
import { MAX_COMPONENTS } from '../../../domain/components/inventory.ts';
import { readBunLock } from '../../../domain/components/npm/bun-lock.ts';
import { readPackageJson } from '../../../domain/components/npm/package-json.ts';
import { readPackageLock } from '../../../domain/components/npm/package-lock.ts';
import { readPnpmLock } from '../../../domain/components/npm/pnpm-lock.ts';
import { readYarnLock } from '../../../domain/components/npm/yarn-lock.ts';
import { readPom } from '../../../domain/components/pom.ts';
import { readRequirements } from '../../../domain/components/python/requirements.ts';
import { read } from './bills.ts';

const many = (count: number, one: (at: number) => string, between = ',') =>
  Array.from({ length: count }, (_, at) => one(at)).join(between);

describe('names that are no names', () => {
  const text = JSON.stringify({
    packages: {
      'node_modules/good': { version: '1.0.0' },
      'node_modules/\u001b[2Jx': { version: '1.0.0' },
      [`node_modules/${'x'.repeat(600)}`]: { version: '1.0.0' },
      'node_modules/line\nbreak': { version: '1.0.0' },
      'node_modules/version': { version: '1\u0000' },
      'node_modules/': { version: '1.0.0' },
    },
  });

  test('are counted and left out; the good ones stay', () => {
    const { components, notices } = read(readPackageLock, text);
    expect(components.map(({ name }) => name)).toEqual(['good']);
    expect(notices).toEqual([
      expect.objectContaining({ code: 'components_unreadable', message: expect.stringMatching(/^5 /) }),
    ]);
  });
});

test('names that objects have already are names like all others', () => {
  const text =
    '{"packages": {"node_modules/__proto__": {"version": "1.0.0", "dependencies": {"constructor": "1"}},' +
    '"node_modules/constructor": {"version": "2.0.0"}, "node_modules/toString": {}}}';
  const { components } = read(readPackageLock, text);
  expect(components.map(({ purl }) => purl)).toEqual([
    'pkg:npm/__proto__@1.0.0',
    'pkg:npm/constructor@2.0.0',
    'pkg:npm/tostring',
  ]);
  expect(components[0]?.dependsOn).toEqual(['pkg:npm/constructor@2.0.0']);
  expect(({} as Record<string, unknown>).version).toBeUndefined();
});

test('a scoped name is not cut at the sign it begins with', () => {
  const { components } = read(readYarnLock, '"@a/b@npm:@c/d@^1.0.0", "@a/b@1":\n  version "1.0.0"\n');
  expect(components.map(({ name, version }) => [name, version])).toEqual([['@c/d', '1.0.0']]);
});

describe('files of more packages than there can be are a failure, and no short list', () => {
  const count = MAX_COMPONENTS + 1;
  test.each<[string, Reader, () => string]>([
    [
      'npm',
      readPackageLock,
      () => `{"packages": {${many(count, (at) => `"node_modules/p${at}":{"version":"1.0.0"}`)}}}`,
    ],
    ['pip', readRequirements, () => many(count, (at) => `p${at}==1`, '\n')],
  ])('%s', (_, reader, text) => {
    expect(() => read(reader, text())).toThrow(expect.objectContaining({ code: 'source_too_large' }));
  });

  test('one fewer is read', () => {
    const text = many(MAX_COMPONENTS, (at) => `p${at}==1`, '\n');
    expect(read(readRequirements, text).components).toHaveLength(MAX_COMPONENTS);
  });
});

describe('depth', () => {
  const deep = 100_000;
  test.each<[string, Reader, string]>([
    ['JSON', readPackageJson, `{"a":${'['.repeat(deep)}`],
    ['TOML', readCargoLock, `a = ${'['.repeat(deep)}`],
    ['YAML blocks', readPnpmLock, many(3_000, (at) => `${' '.repeat(at)}a:`, '\n')],
    ['YAML flows', readPnpmLock, `a: ${'{a: '.repeat(deep)}`],
    ['XML', readPom, '<a>'.repeat(deep)],
  ])('of %s makes it unreadable', (_, reader, text) => {
    expect(() => read(reader, text)).toThrow(Unreadable);
  });

  test('of tables in tables leads nowhere', () => {
    expect(read(readCargoLock, `[${'a.'.repeat(deep)}a]\n`).components).toEqual([]);
  });

  test('of packages in packages that no tree has makes it unreadable', () => {
    let nested = '{}';
    for (let at = 0; at < 1_000; at += 1) nested = `{"dependencies":{"p":${nested}}}`;
    expect(() => read(readPackageLock, nested)).toThrow(Unreadable);
  });
});

describe('what could grow is not read', () => {
  test.each<[string, Reader, string]>([
    ['aliases', readPnpmLock, 'lockfileVersion: 9\na: &a [x, x]\nb: &b [*a, *a]\n'],
    ['tags', readPnpmLock, 'lockfileVersion: !!js/function x\n'],
    ['merges', readPnpmLock, 'lockfileVersion: 9\n<<: *a\n'],
    ['a key twice', readPnpmLock, "lockfileVersion: 9\npackages: {}\npackages: {'a@1': {}}\n"],
    ['a quote without end', readPnpmLock, `lockfileVersion: 9\na: "${'x\n'.repeat(100_000)}`],
  ])('%s of YAML', (_, reader, text) => {
    expect(() => read(reader, text)).toThrow(Unreadable);
  });

  describe('entities of XML', () => {
    const pom = (entities: string, version: string) =>
      `<!DOCTYPE p [${entities}]><project><dependencies><dependency><groupId>g</groupId>` +
      `<artifactId>a</artifactId><version>${version}</version></dependency></dependencies></project>`;

    test('stay what is written', () => {
      const entities = '<!ENTITY a "1.0"><!ENTITY b "&a;&a;&a;">';
      expect(read(readPom, pom(entities, '&b;')).components.map(({ version }) => version)).toEqual(['&b;']);
      expect(read(readPom, pom(entities, '1.0')).components.map(({ version }) => version)).toEqual(['1.0']);
    });

    test('from elsewhere are refused', () => {
      expect(() => read(readPom, pom('<!ENTITY a SYSTEM "file:///etc/passwd">', '&a;'))).toThrow(Unreadable);
    });
  });

  test('a property that names itself comes to an end', () => {
    const self = '$'.concat('{a}');
    const { components } = read(
      readPom,
      `<project><properties><a>${self.repeat(50)}</a></properties><dependencies><dependency>` +
        `<groupId>g</groupId><artifactId>a</artifactId><version>${self}</version></dependency></dependencies></project>`,
    );
    expect(components.map(({ version }) => version)).toEqual([null]);
  });
});

test('lines of megabytes that a careless pattern would go over again and again are read in one go', () => {
  const spaces = ' '.repeat(2_000_000);
  expect(read(readRequirements, `a${spaces}==1 ${spaces} --hash`).components).toHaveLength(1);
  expect(() => read(readBunLock, `{"a": ${'"\\"'.repeat(500_000)}`)).toThrow(Unreadable);
  expect(() => read(readPnpmLock, `a: ${'"'.repeat(1_000_001)}`)).toThrow(Unreadable);
  expect(
    read(readPackageJson, `{"dependencies":{${many(100_000, (at) => `"p${at}":"1.0.0"`)}}}`).components,
  ).toHaveLength(100_000);
});

test('what is unreadable is told without a word of what is in it', () => {
  const secret = 'hunter2hunter2';
  for (const reader of [readPackageJson, readCargoLock, readPnpmLock]) {
    expect.assertions(3);
    try {
      read(reader, `{ password: "${secret}", *`);
    } catch (error) {
      expect(String(error)).not.toContain(secret);
    }
  }
});
