import { describe, expect, test } from '@jest/globals';
import { readGoMod } from '../../../domain/components/go-mod.ts';
import { readPackageJson } from '../../../domain/components/npm/package-json.ts';
import { readPackageLock } from '../../../domain/components/npm/package-lock.ts';
import { readPyproject } from '../../../domain/components/python/pyproject.ts';
import { read, readFixture, shown } from './bills.ts';

const UTIL = 'pkg:npm/%40scope/util@2.1.0';
const EXPECTED: Record<string, string[]> = {
  'npm-v3': [
    `${UTIL} package-lock.json:20 runtime direct`,
    'pkg:npm/lodash@3.9.0 package-lock.json:29 runtime indirect',
    'pkg:npm/lodash@4.17.20 package-lock.json:33 runtime direct',
    'pkg:npm/minimist@1.2.5 package-lock.json:37 dev direct',
    'pkg:npm/lodash@3.10.1 package-lock.json:42 runtime direct',
  ],
  'npm-v1': [
    `${UTIL} package-lock.json:7 runtime direct`,
    'pkg:npm/lodash@4.17.20 package-lock.json:19 runtime direct',
    'pkg:npm/minimist@1.2.5 package-lock.json:22 dev direct',
    'pkg:npm/lodash@3.10.1 package-lock.json:26 runtime direct',
    'pkg:npm/lodash@3.9.0 package-lock.json:14 runtime indirect',
  ],
  'yarn-classic': [
    `${UTIL} yarn.lock:5 runtime direct`,
    'pkg:npm/lodash@4.17.20 yarn.lock:12 runtime indirect',
    'pkg:npm/minimist@1.2.5 yarn.lock:16 dev direct',
    'pkg:npm/lodash@3.10.1 yarn.lock:20 runtime direct',
  ],
  'yarn-berry': [
    `${UTIL} yarn.lock:8 runtime direct`,
    'pkg:npm/lodash@4.17.20 yarn.lock:17 runtime indirect',
    'pkg:npm/minimist@1.2.5 yarn.lock:23 dev direct',
  ],
  'pnpm-v9': [
    `${UTIL} pnpm-lock.yaml:24 runtime direct`,
    'pkg:npm/lodash@3.10.1 pnpm-lock.yaml:30 runtime direct',
    'pkg:npm/lodash@4.17.20 pnpm-lock.yaml:36 runtime indirect',
    'pkg:npm/minimist@1.2.5 pnpm-lock.yaml:39 dev direct',
    'pkg:npm/react@18.2.0 pnpm-lock.yaml:42 runtime indirect',
  ],
  'pnpm-v6': [
    `${UTIL} pnpm-lock.yaml:15 runtime direct`,
    'pkg:npm/lodash@4.17.20 pnpm-lock.yaml:22 runtime indirect',
    'pkg:npm/minimist@1.2.5 pnpm-lock.yaml:26 dev direct',
    'pkg:npm/react@18.2.0 pnpm-lock.yaml:30 runtime indirect',
  ],
  'pnpm-v5': [
    `${UTIL} pnpm-lock.yaml:15 runtime direct`,
    'pkg:npm/lodash@4.17.20 pnpm-lock.yaml:22 runtime indirect',
    'pkg:npm/minimist@1.2.5 pnpm-lock.yaml:26 dev direct',
    'pkg:npm/react@18.2.0 pnpm-lock.yaml:30 runtime indirect',
  ],
  bun: [
    `${UTIL} bun.lock:15 runtime direct`,
    'pkg:npm/lodash@4.17.20 bun.lock:17 runtime indirect',
    'pkg:npm/minimist@1.2.5 bun.lock:19 dev direct',
  ],
  requirements: [
    'pkg:pypi/requests@2.19.1 requirements.txt:5 runtime',
    'pkg:pypi/flask requirements.txt:8 runtime',
    'pkg:pypi/urllib3@1.24.1 requirements.txt:9 runtime',
    'pkg:pypi/django@2.2.0 requirements/base.txt:2 runtime',
  ],
  poetry: [
    'pkg:pypi/django@2.2.0 poetry.lock:3 runtime direct',
    'pkg:pypi/pytest@7.0.0 poetry.lock:17 dev direct',
    'pkg:pypi/sql-parse@0.4.1 poetry.lock:26 runtime indirect',
  ],
  uv: [
    'pkg:pypi/django@2.2.0 uv.lock:4 runtime direct',
    'pkg:pypi/pytest@7.0.0 uv.lock:13 dev direct',
    'pkg:pypi/sqlparse@0.4.1 uv.lock:31 runtime indirect',
  ],
  pipenv: ['pkg:pypi/django@2.2.0 Pipfile.lock:7 runtime', 'pkg:pypi/pytest@7.0.0 Pipfile.lock:16 dev'],
  pdm: [
    'pkg:pypi/django@2.2.0 pdm.lock:5 runtime',
    'pkg:pypi/pytest@7.0.0 pdm.lock:18 dev',
    'pkg:pypi/sqlparse@0.4.1 pdm.lock:23 runtime',
  ],
  go: [
    'pkg:golang/github.com/gin-gonic/gin@v1.6.0 go.mod:6 runtime direct',
    'pkg:golang/golang.org/x/text@v0.3.0 go.mod:7 runtime indirect',
    'pkg:golang/github.com/other/thing@v1.4.0 go.mod:10 runtime direct',
  ],
  'go-old': [
    'pkg:golang/github.com/gin-gonic/gin@v1.6.0 go.mod:5 runtime direct',
    'pkg:golang/golang.org/x/text@v0.3.0 go.mod:- runtime',
  ],
  cargo: [
    'pkg:cargo/rand@0.7.0 Cargo.lock:4 runtime direct',
    'pkg:cargo/smallvec@0.6.9 Cargo.lock:21 runtime indirect',
    'pkg:cargo/smallvec@1.6.0 Cargo.lock:26 runtime direct',
  ],
  ruby: [
    'pkg:gem/nokogiri@1.10.0 Gemfile.lock:10 runtime indirect',
    'pkg:gem/mini_portile2@2.4.0 Gemfile.lock:12 runtime indirect',
    'pkg:gem/rails@5.2.0 Gemfile.lock:13 runtime direct',
  ],
  composer: [
    'pkg:composer/symfony/http-kernel@v4.4.0 composer.lock:4 runtime direct',
    'pkg:composer/symfony/finder@v4.4.1 composer.lock:20 runtime indirect',
    'pkg:composer/phpunit/phpunit@9.0.0 composer.lock:30 dev direct',
  ],
  maven: [
    'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1 pom.xml:22 runtime direct',
    'pkg:maven/org.managed/managed@3.2.1 pom.xml:14 runtime direct',
    'pkg:maven/org.example/sibling@1.0.0 pom.xml:31 runtime direct',
    'pkg:maven/junit/junit@4.12 pom.xml:36 dev direct',
    'pkg:maven/org.example/looped pom.xml:42 runtime direct',
  ],
  gradle: [
    'pkg:maven/com.google.guava/guava@28.0-jre gradle.lockfile:3 runtime',
    'pkg:maven/junit/junit@4.12 gradle.lockfile:4 dev',
  ],
  nuget: [
    'pkg:nuget/Newtonsoft.Json@12.0.1 packages.lock.json:5 runtime direct',
    'pkg:nuget/System.Text.Encodings.Web@4.5.0 packages.lock.json:11 runtime indirect',
  ],
  hex: ['pkg:hex/plug@1.3.0 mix.lock:2 runtime', 'pkg:hex/mime@1.1.0 mix.lock:3 runtime'],
  pub: [
    'pkg:pub/http@0.13.0 pubspec.lock:3 runtime direct',
    'pkg:pub/lints@1.0.0 pubspec.lock:16 dev direct',
  ],
  debian: [
    'pkg:deb/debian/libssl3@3.0.9-1+b1?arch=amd64&distro=debian-12 var/lib/dpkg/status:1 runtime',
    'pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12 var/lib/dpkg/status:10 runtime',
  ],
  alpine: [
    'pkg:apk/alpine/libcrypto3@3.1.0-r4?arch=x86_64&distro=alpine-3.18 lib/apk/db/installed:1 runtime',
    'pkg:apk/alpine/musl@1.2.4-r0?arch=x86_64&distro=alpine-3.18 lib/apk/db/installed:9 runtime',
  ],
};

test.each(Object.entries(EXPECTED))(
  '%s: every package, where it stands and what for',
  async (name, lines) => {
    const { components } = await readFixture(name);
    expect(components.map(shown)).toEqual(lines);
  },
);

test.each([
  ['npm-v3', 'pkg:npm/%40scope/util@2.1.0', ['pkg:npm/lodash@3.9.0']],
  ['npm-v1', 'pkg:npm/%40scope/util@2.1.0', ['pkg:npm/lodash@3.9.0']],
  ['yarn-berry', 'pkg:npm/%40scope/util@2.1.0', ['pkg:npm/lodash@4.17.20']],
  ['pnpm-v9', 'pkg:npm/%40scope/util@2.1.0', ['pkg:npm/lodash@4.17.20', 'pkg:npm/react@18.2.0']],
  ['cargo', 'pkg:cargo/rand@0.7.0', ['pkg:cargo/smallvec@0.6.9']],
  ['poetry', 'pkg:pypi/django@2.2.0', ['pkg:pypi/sql-parse@0.4.1']],
  ['uv', 'pkg:pypi/django@2.2.0', ['pkg:pypi/sqlparse@0.4.1']],
  ['ruby', 'pkg:gem/rails@5.2.0', ['pkg:gem/nokogiri@1.10.0']],
  ['hex', 'pkg:hex/plug@1.3.0', ['pkg:hex/mime@1.1.0']],
])('%s: the graph, to the very version that is used', async (name, purl, needs) => {
  const { components } = await readFixture(name);
  expect(components.find((component) => component.purl === purl)?.dependsOn).toEqual(needs);
});

test('licences and digests come along', async () => {
  const npm = (await readFixture('npm-v3')).components;
  expect(npm[0]).toMatchObject({ licenses: ['MIT'], hashes: [{ algorithm: 'SHA-512' }] });
  expect(npm[0]?.hashes[0]?.hex).toMatch(/^cf83e1357eefb8bd[0-9a-f]{112}$/);
  const composer = (await readFixture('composer')).components;
  expect(composer.map(({ licenses }) => licenses)).toEqual([
    ['MIT'],
    ['GPL-2.0-only', 'MIT'],
    ['BSD-3-Clause'],
  ]);
});

test('advisories of a distribution are looked up by the source package', async () => {
  const { components } = await readFixture('debian');
  expect(components.map(({ origin }) => origin)).toEqual([
    { name: 'openssl', version: '3.0.9-1' },
    { name: 'glibc', version: '2.36-9' },
  ]);
});

describe('what is only asked for', () => {
  test('an exact version is one, a range is none', () => {
    const { components } = read(
      readPackageJson,
      '{"dependencies": {"a": "1.2.3", "b": "^1.0.0", "c": "npm:@x/d@2.0.0", "e": "workspace:*", "f": "file:../f"}}',
    );
    expect(components.map(({ name, version, range }) => [name, version, range])).toEqual([
      ['a', '1.2.3', '1.2.3'],
      ['b', null, '^1.0.0'],
      ['@x/d', '2.0.0', '2.0.0'],
    ]);
  });

  test('in every place where Python projects say it', () => {
    const { components } = read(
      readPyproject,
      `[project]\nname = "x"\ndependencies = ["A.b ==1.0", "c>=2; python_version<'3'"]\n` +
        `[dependency-groups]\ndev = ["d==1.*", {include-group = "e"}]\n`,
    );
    expect(components.map(({ name, version, scope }) => [name, version, scope])).toEqual([
      ['a-b', '1.0', 'runtime'],
      ['c', null, 'runtime'],
      ['d', null, 'dev'],
    ]);
  });
});

test('the toolchain of Go brings its standard library, the least version that would do does not', () => {
  const named = (text: string) => read(readGoMod, text).components.map(({ purl }) => purl);
  expect(named('module x\ngo 1.21.0\ntoolchain go1.21.3\n')).toEqual(['pkg:golang/stdlib@1.21.3']);
  expect(named('module x\ngo 1.21.0\n')).toEqual([]);
});

test('a licence in any form that it ever had', () => {
  const license = (value: string) =>
    read(readPackageLock, `{"packages": {"node_modules/a": {"version": "1.0.0", ${value}}}}`).components[0]
      ?.licenses;
  expect(license('"license": "MIT"')).toEqual(['MIT']);
  expect(license('"license": {"type": "ISC", "url": "x"}')).toEqual(['ISC']);
  expect(license('"licenses": [{"type": "MIT"}, {"type": "GPL-2.0"}]')).toEqual(['MIT', 'GPL-2.0']);
  expect(license('"license": 7')).toEqual([]);
});
