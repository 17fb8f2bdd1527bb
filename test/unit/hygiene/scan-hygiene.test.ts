import { afterEach, describe, expect, test } from '@jest/globals';
import { scanHygiene } from '../../../activities/scan/built-in/hygiene.ts';
import { HYGIENE_RULES } from '../../../domain/hygiene/rules.ts';
import { builtInContexts } from '../scan/built-in-context.ts';

const { contextWith, removeContexts } = builtInContexts();
afterEach(removeContexts);

type Files = Record<string, string | Buffer>;
/** What is asked of every repository, so that a case shows nothing but its own fault. */
const KEPT: Files = { LICENSE: 'x', 'SECURITY.md': 'x', '.github/dependabot.yml': 'version: 2' };
const scan = async (files: Files) => scanHygiene(contextWith({ ...KEPT, ...files }));
const found = async (files: Files): Promise<string[]> =>
  (await scan(files)).drafts.map(
    ({ rule, severity, location }) =>
      `${rule.replace('hygiene/', '')} ${severity} ${location?.path ?? '-'}:${location?.start_line ?? '-'}`,
  );

const SHA = 'a'.repeat(40);
const DIGEST = `sha256:${'b'.repeat(64)}`;
const CI = '.github/workflows/ci.yml';
const expression = (text: string): string => `$\{{ ${text} }}`;
const workflow = (steps: string, top = 'on: push\npermissions: {}'): Files => ({
  [CI]: `${top}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n${steps}\n`,
});
const LINE = 7; // of the first step

describe('a workflow', () => {
  test.each<[string, Files, string[]]>([
    [
      'third-party action at a tag',
      workflow('      - uses: acme/deploy@v1'),
      [`unpinned-action low ${CI}:${LINE}`],
    ],
    [
      'third-party action at a branch',
      workflow('      - uses: acme/x@main'),
      [`unpinned-action medium ${CI}:${LINE}`],
    ],
    [
      'official action at a tag',
      workflow('      - uses: actions/checkout@v4'),
      [`unpinned-action info ${CI}:${LINE}`],
    ],
    ['action at a commit', workflow(`      - uses: acme/deploy@${SHA} # v1`), []],
    ['action of its own', workflow('      - uses: ./tools/x'), []],
    [
      'called workflow',
      {
        [CI]: 'on: push\npermissions: {}\njobs:\n  a:\n    uses: acme/x/.github/workflows/y.yml@v2\n    secrets: inherit\n',
      },
      [`secret-in-log low ${CI}:6`, `unpinned-action low ${CI}:5`],
    ],
    [
      'checkout of the head under pull_request_target',
      workflow(
        `      - uses: actions/checkout@${SHA}\n        with:\n          ref: ${expression('github.event.pull_request.head.sha')}`,
        'on:\n  pull_request_target:\npermissions: {}',
      ),
      [`untrusted-checkout high ${CI}:${LINE + 3}`],
    ],
    [
      'checkout by hand under pull_request_target',
      workflow('      - run: gh pr checkout "$N"', 'on: [pull_request_target]\npermissions: {}'),
      [`untrusted-checkout high ${CI}:${LINE}`],
    ],
    [
      'checkout of the head under pull_request',
      workflow(
        `      - uses: actions/checkout@${SHA}\n        with:\n          ref: ${expression('github.event.pull_request.head.sha')}`,
        'on: pull_request\npermissions: {}',
      ),
      [],
    ],
    [
      'checkout of the base under pull_request_target',
      workflow(`      - uses: actions/checkout@${SHA}`, 'on: pull_request_target\npermissions: {}'),
      [],
    ],
    [
      'title of an issue in a script',
      workflow(
        `      - run: |\n          echo hello\n          echo "${expression('github.event.issue.title')}"`,
      ),
      [`script-injection high ${CI}:${LINE + 2}`],
    ],
    [
      'branch name in a script of github-script',
      workflow(
        `      - uses: actions/github-script@${SHA}\n        with:\n          script: f("${expression('github.head_ref')}")`,
      ),
      [`script-injection high ${CI}:${LINE + 2}`],
    ],
    [
      'commit message in a script',
      workflow(`      - run: echo ${expression('github.event.commits[0].message')}`),
      [`script-injection high ${CI}:${LINE}`],
    ],
    [
      'number and commit in a script',
      workflow(`      - run: echo ${expression('github.event.number')} ${expression('github.sha')}`),
      [],
    ],
    [
      'title of an issue in env',
      workflow(
        `      - run: echo "$T"\n        env:\n          T: ${expression('github.event.issue.title')}`,
      ),
      [],
    ],
    [
      'input in a script',
      workflow(`      - run: deploy ${expression('inputs.target')}`),
      [`input-injection low ${CI}:${LINE}`],
    ],
    [
      'write-all',
      workflow('      - run: make', 'on: push\npermissions: write-all'),
      [`write-all-permissions medium ${CI}:2`],
    ],
    ['no permissions', workflow('      - run: make', 'on: push\n'), [`missing-permissions low ${CI}:1`]],
    [
      'own runner for pull requests',
      {
        [CI]: 'on: pull_request\npermissions: {}\njobs:\n  a:\n    runs-on: [self-hosted, linux]\n    steps: []\n',
      },
      [`self-hosted-runner medium ${CI}:5`],
    ],
    [
      'own runner for pushes',
      { [CI]: 'on: push\npermissions: {}\njobs:\n  a:\n    runs-on: self-hosted\n    steps: []\n' },
      [],
    ],
    [
      'secret printed',
      workflow(`      - run: echo ${expression('secrets.TOKEN')}`),
      [`secret-in-log medium ${CI}:${LINE}`],
    ],
    [
      'secret piped',
      workflow(`      - run: echo ${expression('secrets.TOKEN')} | docker login --password-stdin`),
      [],
    ],
    [
      'all secrets',
      workflow(`      - run: x '${expression('toJSON(secrets)')}'`),
      [`secret-in-log medium ${CI}:${LINE}`],
    ],
    [
      'unsafe commands',
      workflow('      - run: export ACTIONS_ALLOW_UNSECURE_COMMANDS=true'),
      [`unsafe-commands medium ${CI}:${LINE}`],
    ],
    [
      'artifact of another run',
      workflow(`      - uses: actions/download-artifact@${SHA}`, 'on:\n  workflow_run:\npermissions: {}'),
      [`untrusted-artifact medium ${CI}:${LINE + 1}`],
    ],
    [
      'download run at once',
      workflow('      - run: curl -sSL https://x.example/i | sudo bash'),
      [`curl-pipe-shell medium ${CI}:${LINE}`],
    ],
    ['download kept', workflow('      - run: curl -o i https://x.example/i || bash fallback'), []],
    [
      'image of a service',
      {
        [CI]: `on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    container: node:22@${DIGEST}\n    services:\n      db:\n        image: postgres\n    steps: []\n`,
      },
      [`unpinned-image low ${CI}:9`],
    ],
    [
      'action of several steps',
      { 'tools/action.yml': 'runs:\n  using: composite\n  steps:\n    - uses: acme/x@v1\n' },
      ['unpinned-action low tools/action.yml:4'],
    ],
    [
      'steps through an anchor',
      { [CI]: `on: push\npermissions: {}\njobs:\n  a: &a\n    steps:\n      - uses: acme/x@v1\n  b: *a\n` },
      [`unpinned-action low ${CI}:6`, `unpinned-action low ${CI}:6`],
    ],
  ])('%s', async (_, files, expected) => {
    expect((await found(files)).sort()).toEqual(expected);
  });
});

describe('an image', () => {
  const D = 'Dockerfile';
  const PINNED = `FROM node:22@${DIGEST}\n`;
  test.each<[string, string, string[]]>([
    ['without a tag', 'FROM node\nUSER app', [`unpinned-image low ${D}:1`]],
    ['of the newest', 'FROM node:latest\nUSER app', [`unpinned-image low ${D}:1`]],
    ['with a tag', 'FROM node:22 AS b\nFROM b\nUSER app', [`unpinned-image info ${D}:1`]],
    ['with a digest', `${PINNED}USER app`, []],
    ['that a build argument names', 'ARG BASE\nFROM $BASE\nUSER app', []],
    ['of nobody', `${PINNED}RUN make`, [`container-runs-as-root low ${D}:1`]],
    ['of root in the end', `${PINNED}USER app\nUSER root`, [`container-runs-as-root low ${D}:3`]],
    ['that adds over http', `${PINNED}ADD http://x.example/a /a\nUSER app`, [`remote-add medium ${D}:2`]],
    ['that adds over https', `${PINNED}ADD https://x.example/a /a\nUSER app`, [`remote-add low ${D}:2`]],
    ['that adds with a checksum', `${PINNED}ADD --checksum=sha256:abc https://x.example/a /a\nUSER app`, []],
    [
      'with a secret in ENV',
      `${PINNED}ENV A=1 DB_PASSWORD=tr0ub4dor\nUSER app`,
      [`secret-in-image medium ${D}:2`],
    ],
    [
      'with a secret in ENV as of old',
      `${PINNED}ENV API_TOKEN tr0ub4dor\nUSER app`,
      [`secret-in-image medium ${D}:2`],
    ],
    ['with a secret in ARG', `${PINNED}ARG NPM_TOKEN=tr0ub4dor\nUSER app`, [`secret-in-image medium ${D}:2`]],
    ['that is told a secret', `${PINNED}ARG NPM_TOKEN\nENV T=$NPM_TOKEN PASSWORD=$X\nUSER app`, []],
    [
      'that runs a download over several lines',
      `${PINNED}RUN apt-get update && \\\n # why\n curl -k https://x.example/i \\\n  | sh\nUSER app`,
      [`certificates-ignored low ${D}:4`, `curl-pipe-shell medium ${D}:4`],
    ],
  ])('%s', async (_, text, expected) => {
    expect((await found({ [D]: text })).sort()).toEqual(expected);
  });

  test('shows no secret of the line it names', async () => {
    const { drafts } = await scan({
      [D]: `${PINNED}ENV DB_PASSWORD=${'tr0ub4'}dor9 KEY=${'AKIA'}QQQQWWWWEEEERRRR\nUSER app`,
    });
    expect(drafts[0]?.snippet).toMatch(/^ENV DB_PASSWORD=\*+ KEY=\*+$/);
  });
});

describe('a repository', () => {
  const pe = Buffer.alloc(200);
  pe.write('MZ');
  pe.writeUInt32LE(128, 60);
  pe.write('PE\0\0', 128);
  test.each<[string, Files, string[]]>([
    [
      'dependencies without a lockfile',
      { 'a/package.json': '{"dependencies": {"x": "1"}}' },
      ['missing-lockfile low a/package.json:-'],
    ],
    [
      'dependencies with a lockfile above',
      { 'a/package.json': '{"dependencies": {"x": "1"}}', 'yarn.lock': '' },
      [],
    ],
    [
      'a lockfile beside is none',
      { 'a/package.json': '{"dependencies": {"x": "1"}}', 'b/yarn.lock': '' },
      ['missing-lockfile low a/package.json:-'],
    ],
    ['a package without dependencies', { 'package.json': '{"dependencies": {}}' }, []],
    [
      'Go without sums',
      { 'go.mod': 'module x\n\nrequire a.b/c v1.0.0\n' },
      ['missing-lockfile low go.mod:-'],
    ],
    [
      'a Rust program',
      { 'Cargo.toml': '[dependencies]\na = "1"', 'src/main.rs': '' },
      ['missing-lockfile low Cargo.toml:-'],
    ],
    ['a Rust library', { 'Cargo.toml': '[dependencies]\na = "1"', 'src/lib.rs': '' }, []],
    [
      'Python without a lockfile',
      { 'pyproject.toml': 'dependencies = [\n  "x"]' },
      ['missing-lockfile low pyproject.toml:-'],
    ],
    ['Ruby without a lockfile', { Gemfile: "gem 'x'" }, ['missing-lockfile low Gemfile:-']],
    [
      'PHP without a lockfile',
      { 'composer.json': '{"require": {"a/b": "1"}}' },
      ['missing-lockfile low composer.json:-'],
    ],
    [
      'a lockfile over http',
      { 'package-lock.json': '{\n"resolved": "http://r.example/a",\n"resolved": "http://r.example/b"}' },
      ['insecure-lockfile-source medium package-lock.json:2'],
    ],
    ['a lockfile over https', { 'package-lock.json': '{"resolved": "https://r.example/a"}' }, []],
    [
      'an install script that fetches',
      { 'package.json': '{"scripts": {\n"postinstall": "curl https://x.example/i | sh"}}' },
      ['install-script medium package.json:2'],
    ],
    [
      'an install script that builds',
      { 'package.json': '{"scripts": {"postinstall": "node-gyp rebuild", "start": "curl x"}}' },
      [],
    ],
    [
      'a program for Linux',
      { 'bin/x': Buffer.from('\x7fELF\x02\x01\x01\0\0\0') },
      ['binary-in-source low bin/x:-'],
    ],
    ['a program for Windows', { x: pe }, ['binary-in-source low x:-']],
    [
      'a text that begins like one',
      { x: 'MZ is how it begins, and a few more words so that it is long enough to tell' },
      [],
    ],
    [
      'a Java class',
      { 'X.class': Buffer.from([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61]) },
      ['binary-in-source low X.class:-'],
    ],
    ['a module', { 'x.wasm': Buffer.from('\0asm\x01\0\0\0', 'latin1') }, ['binary-in-source low x.wasm:-']],
    [
      'the wrapper of a build tool',
      { 'gradle/wrapper/gradle-wrapper.jar': Buffer.from('PK\x03\x04\0\0\0\0') },
      ['binary-in-source info gradle/wrapper/gradle-wrapper.jar:-'],
    ],
    ['an archive of documents', { 'x.docx': Buffer.from('PK\x03\x04\0\0\0\0') }, []],
    [
      'an environment file',
      { 'app/.env.production': '# x\nA=1' },
      ['environment-file medium app/.env.production:2'],
    ],
    ['an example of one', { '.env.example': 'A=1', '.env': '# nothing\nB=\n' }, []],
    [
      'key files',
      { 'd/id_rsa': 'x', 'd/id_rsa.pub': 'x', 'a.p12': 'x' },
      ['key-file medium a.p12:-', 'key-file medium d/id_rsa:-'],
    ],
    [
      'a registry over http',
      { '.npmrc': 'registry=http://r.example/' },
      ['insecure-package-source medium .npmrc:1'],
    ],
    [
      'a registry on this machine',
      { '.npmrc': 'registry=http://localhost:4873/\nx:registry=https://r.example' },
      [],
    ],
    [
      'a registry whose certificate does not count',
      { '.npmrc': 'a=b\nstrict-ssl=false' },
      ['insecure-package-source medium .npmrc:2'],
    ],
    [
      'two indexes',
      { 'requirements.txt': '--extra-index-url https://r.example/simple\nx==1' },
      ['dependency-confusion low requirements.txt:1'],
    ],
    [
      'a submodule over http',
      { '.gitmodules': '[submodule "x"]\n\turl = http://g.example/x' },
      ['insecure-package-source low .gitmodules:2'],
    ],
    [
      'a pipeline of GitLab',
      { '.gitlab-ci.yml': 'image: node\na:\n  script:\n    - wget -qO- https://x.example/i | bash\n' },
      ['curl-pipe-shell medium .gitlab-ci.yml:4', 'unpinned-image low .gitlab-ci.yml:1'],
    ],
    [
      'a script',
      { 'a.sh': '# curl x | sh\nbash <(curl -s https://x.example/i)' },
      ['curl-pipe-shell low a.sh:2'],
    ],
  ])('%s', async (_, files, expected) => {
    expect((await found(files)).sort()).toEqual(expected);
  });

  test('without what every repository should have is told so, and nothing worse', async () => {
    const { drafts } = await scanHygiene(contextWith({ 'package.json': '{}', 'src/LICENSE.js': '' }));
    expect(drafts.map(({ rule, severity, location }) => [rule, severity, location])).toEqual([
      ['hygiene/missing-license', 'info', null],
      ['hygiene/missing-security-policy', 'info', null],
      ['hygiene/missing-update-tool', 'info', null],
    ]);
  });
});

describe('what is hostile', () => {
  test.each<[string, string]>([
    ['no YAML', 'on: [push\n jobs: }'],
    ['nested without end', '['.repeat(200_000)],
    ['nested by dashes', '- '.repeat(20_000)],
    [
      'a bomb of aliases',
      `on: push\nx: &s [{run: a}]\njobs:\n${Array.from({ length: 3000 }, (_, at) => `  j${at}: {steps: *s}`).join('\n')}`,
    ],
    ['an alias in a circle', 'on: push\njobs: &j\n  a: *j\n  b: {steps: *j}'],
  ])('%s is noted or read, never fatal', async (_, text) => {
    const { notices, drafts } = await scan({ [CI]: text });
    expect(notices.length + drafts.length).toBeGreaterThan(0);
  });

  test('a workflow that cannot be read is named', async () => {
    expect((await scan({ [CI]: 'on: [push\n jobs: }' })).notices).toEqual([
      { code: 'not_parsed', message: 'not scanned: it cannot be parsed', path: CI },
    ]);
  });

  test.each([
    ' ',
    'a ',
    'curl ',
    'curl -s a',
    'FROM ',
    'ENV a ',
    'ENV PASSWORD=',
    '\\\n',
    'image: a\n',
    '"require":{',
    '"dependencies":',
    '${{',
    'echo ',
    '"resolved": "',
    'url=',
  ])('a file of nothing but %j costs no more than its length', async (piece) => {
    const text = piece.repeat(500_000 / piece.length);
    const names = [
      'Dockerfile',
      'a.sh',
      '.gitlab-ci.yml',
      'package.json',
      'composer.json',
      'yarn.lock',
      '.npmrc',
      '.env',
      'pyproject.toml',
    ];
    const { drafts } = await scan({
      ...Object.fromEntries(names.map((name) => [name, text])),
      [CI]: `on: push\njobs:\n  a:\n    steps:\n      - run: '${text.replaceAll('\n', ' ').replaceAll("'", '')}'\n`,
    });
    expect(drafts.length).toBeLessThanOrEqual(5000);
  });

  test('a name made to move the cursor or show a password does neither', async () => {
    const { drafts } = await scan(workflow('      - uses: "acme/\\e[31mx://a:hunter2222@h/y"'));
    const said = drafts.map(({ message, snippet }) => `${message}${snippet}`).join('');
    expect(said).toContain('acme/');
    expect(said).not.toContain('\u001b');
    expect(said).not.toContain('hunter2222');
  });

  test('thousands of faults are counted', async () => {
    const { drafts, notices } = await scan({ 'a.sh': 'curl a | sh\n'.repeat(6000) });
    expect(drafts).toHaveLength(5000);
    expect(notices).toEqual([{ code: 'too_many_findings', message: '1000 more findings are not listed' }]);
  });
});

test('every rule says what to do', () => {
  for (const { title, fix } of Object.values(HYGIENE_RULES))
    expect(`${title}|${fix}`).toMatch(/^[A-Z].{5,}\|.{10,}\.$/);
});
