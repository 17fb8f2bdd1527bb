import { describe, expect, test } from '@jest/globals';
import { CertusError } from '../../../contracts/errors.ts';
import { MAX_MANIFEST_BYTES } from '../../../contracts/manifest.ts';
import type { ManifestFormat } from '../../../domain/manifest/check-manifest.ts';
import { parseManifest } from '../../../domain/manifest/parse-manifest.ts';

const GOOD = `
product: shop
version: "1.10"
profiles:
  - name: release
    tools:
      - secrets
      - id: semgrep
        required: true
        config: { rules: [rules/own.yml], timeout: 60 }
      - dast
    thresholds: { critical: 0 }
    rules:
      - { name: "no new ones", deny: "changes.new > 0" }
    notify: { email: [team@example.org] }
    stackBaseUrl: https://staging.example.org
compliance:
  - name: SOC 2
    controls:
      - framework: SOC2
        controlId: CC7.1
        tests:
          - { name: scanned, evidence: [semgrep, sbom/bom.cdx.json], linkedProfile: RELEASE }
`;

type Told = { code: string; message: string; at: string[]; said: Record<string, string> };

function refusal(
  text: string | Uint8Array,
  format?: ManifestFormat,
  checkRule?: (rule: string) => string | undefined,
): Told {
  try {
    parseManifest(text, { format, checkRule });
  } catch (error) {
    if (!(error instanceof CertusError)) throw error;
    const said = Object.fromEntries(error.fields.map(({ path, message }) => [path, message]));
    const at = error.fields.map(
      ({ path, message }) => `${path} ${/line (\d+), column (\d+)/.exec(message)?.slice(1)}`,
    );
    return { code: error.code, message: error.message, at, said };
  }
  throw new Error('it was accepted');
}
/** The good manifest with one line replaced or added. */
const with_ = (line: string, by: string) => {
  expect(GOOD).toContain(line);
  return GOOD.replace(line, by);
};
/** The smallest manifest, with more in its only profile. */
const profile = (more: object) =>
  JSON.stringify({ product: 'p', version: '1', profiles: [{ name: 'a', tools: ['secrets'], ...more }] });

describe('a manifest', () => {
  test('is the same in YAML and in JSON', () => {
    const { manifest } = parseManifest(GOOD);
    expect(manifest.profiles[0]).toMatchObject({
      name: 'release',
      gateOn: 'all',
      stackBaseUrl: 'https://staging.example.org',
    });
    const json = JSON.stringify(manifest, null, '\t');
    expect(parseManifest(json, { format: 'json' })).toEqual({ manifest });
    expect(parseManifest(json)).toEqual({ manifest });
    expect(parseManifest(Buffer.from(`\ufeff${GOOD.replaceAll('\n', '\r\n')}`))).toEqual({ manifest });
  });

  test('may use an anchor and its alias', () => {
    const text =
      'product: p\nversion: "1"\nprofiles:\n  - {name: a, tools: &t [secrets, sast]}\n  - {name: b, tools: *t}\n';
    expect(parseManifest(text).manifest.profiles[1]?.tools).toEqual(['secrets', 'sast']);
  });

  test('with many faults is told all of them, in order, each with line and column', () => {
    const text = [
      'product: shop',
      'owner: me',
      'presets: {}',
      'profiles:',
      '  - name: release',
      '    tools: [secrets, zap, {name: trivy}]',
      '    threshold: {critical: 0}',
      '    thresholds: {critcal: 0, high: -1}',
      '    requiresStack: true',
      '  - name: RELEASE',
      '    tools: []',
      'compliance:',
      '  - name: c',
      '    controls: [{framework: f, controlId: "1", tests: [{name: t, evidence: [semgerp], linkedProfile: none}]}]',
    ].join('\n');
    const { code, at, said } = refusal(text);
    expect(code).toBe('manifest_invalid');
    expect(at).toEqual([
      'version 1,1',
      'owner 2,1',
      'presets 3,1',
      'profiles.0.tools.1 6,22',
      'profiles.0.tools.2.id 6,27',
      'profiles.0.tools.2.name 6,28',
      'profiles.0.threshold 7,5',
      'profiles.0.thresholds.critcal 8,18',
      'profiles.0.thresholds.high 8,36',
      'profiles.0.requiresStack 9,20',
      'profiles.1.name 10,11',
      'profiles.1.tools 11,12',
      'compliance.0.controls.0.tests.0.evidence.0 14,76',
      'compliance.0.controls.0.tests.0.linkedProfile 14,101',
    ]);
    expect(said.owner).toContain('did you mean "owners"?');
    expect(said.presets).toContain('there are no presets');
    expect(said['profiles.0.tools.2.name']).toContain('did you mean "id"?');
    expect(said['profiles.0.threshold']).toContain('"thresholds"');
    expect(said['profiles.0.thresholds.critcal']).toContain('"critical"');
  });

  test('in JSON has lines too', () => {
    const text = '{\n  "product": "p",\n  "version": 1,\n  "profiles": [{"name": "a",\n\t"tools": []}]\n}';
    expect(refusal(text, 'json').at).toEqual(['version 3,14', 'profiles.0.tools 5,11']);
  });
});

describe('tools', () => {
  test('that do not exist have a code of their own when nothing else is wrong', () => {
    const { code, said } = refusal(profile({ tools: ['secrets', 'magic', { id: 'zap' }] }));
    expect(code).toBe('unsupported_tool');
    expect(said['profiles.0.tools.1']).toMatch(
      /"magic" is not a tool of this release; there are secrets, .*dast/,
    );
    expect(said['profiles.0.tools.2.id']).toContain('"zap" is not a tool');
    expect(refusal(profile({ tools: ['magic'], typo: 1 })).code).toBe('manifest_invalid');
  });

  test('of other systems are explained', () => {
    expect(refusal(profile({ tools: ['secrets', 'attestation'] })).message).toContain(
      'every bundle is attested; leave it out',
    );
  });

  test.each([
    ['none', []],
    ['one twice', ['sbom', { id: 'sbom' }]],
    ['a number', [1]],
  ])('cannot be %s', (_, tools) => {
    expect(refusal(profile({ tools })).code).toBe('manifest_invalid');
  });
});

describe('a contradiction is refused', () => {
  test.each([
    ['a stack that is nowhere', { requiresStack: true }, 'profiles.0.requiresStack'],
    ['a target that is nowhere', { tools: ['sast', 'dast'] }, 'profiles.0.tools.1'],
    [
      'two rules of one name',
      {
        rules: [
          { name: 'r', deny: 'a' },
          { name: 'r', deny: 'b' },
        ],
      },
      'profiles.0.rules.1.name',
    ],
    ['a link with a password', { stackBaseUrl: 'https://u:p@example.org' }, 'profiles.0.stackBaseUrl'],
    ['a link to a file', { notify: { slack: 'file:///etc/passwd' } }, 'profiles.0.notify.slack'],
    ['a name with a line break', { name: 'a\nb' }, 'profiles.0.name'],
  ])('%s', (_, more, path) => {
    expect(Object.keys(refusal(profile(more)).said)).toEqual([path]);
  });

  test('and gone with what was missing', () => {
    const stackBaseUrl = 'https://example.org';
    expect(() =>
      parseManifest(profile({ requiresStack: true, tools: ['dast'], stackBaseUrl })),
    ).not.toThrow();
  });

  test.each([['sast'], ['findings.sarif'], ['reports/sast/x.json']])('but evidence may be %s', (evidence) => {
    expect(() => parseManifest(with_('[semgrep, sbom/bom.cdx.json]', `[${evidence}]`))).not.toThrow();
  });
  test.each([['sasst'], ['../x.json'], ['/etc/passwd'], ['a//b']])('and may not be %s', (evidence) => {
    expect(refusal(with_('[semgrep, sbom/bom.cdx.json]', `["${evidence}"]`)).said).toHaveProperty([
      'compliance.0.controls.0.tests.0.evidence.0',
    ]);
  });
});

test('rules are judged by whoever understands them, also in a manifest with other faults', () => {
  const checkRule = (rule: string) => (rule.endsWith('> 0') ? undefined : 'does not end so');
  expect(() => parseManifest(GOOD, { checkRule })).not.toThrow();
  const text = with_('changes.new > 0', 'changes.new >').replace('product', 'produkt');
  const { said, at } = refusal(text, 'yaml', checkRule);
  expect(said['profiles.0.rules.0.deny']).toContain('does not end so');
  expect(at).toContain('produkt 2,1');
});

describe('hostile text is refused where it stands', () => {
  const laughs = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe'])
    laughs.push(`${name}: &${name} [${`*${before}, `.repeat(9)}]`);

  test.each<[string, string, RegExp]>([
    ['a key twice', 'a: 1\na: 2', /line 2, column 1: the key "a" stands here twice/],
    ['a prototype', 'a: {__proto__: {b: 1}}', /line 1, column 5: no key may be called/],
    ['a prototype in JSON', '{"__proto__": {"product": "p"}}', /no key may be called/],
    ['a tag', 'a: !!js/function 1', /tags are not understood/],
    ['bytes', 'a: !!binary aGk=', /line 1, column 13: tags are not understood/],
    ['another YAML', '%YAML 1.1\n---\na: no', /only YAML 1.2/],
    ['a second document', 'a: 1\n---\nb: 2', /line 2, column 1: one file holds one manifest/],
    ['an alias of itself', 'a: &a [*a]', /part of what it stands for/],
    ['an alias of nothing', 'a: *b', /there is no anchor "b"/],
    ['a merge', 'product: p\nversion: "1"\n<<: {profiles: []}', /keys cannot be merged in/],
    ['a key that is a list', '? [a]\n: 1', /line 1, column 3/],
    ['lists without end', '['.repeat(200_000), /nested too deeply/],
    ['lists in a line', '- '.repeat(100_000), /nested too deeply/],
    ['too many levels', `a: ${'['.repeat(40)}${']'.repeat(40)}`, /nested too deeply/],
    ['laughs', laughs.join('\n'), /more than 100 aliases/],
    ['few aliases of much', `a: &a ${'x'.repeat(100_000)}\nb: [${'*a, '.repeat(50)}]`, /far too much/],
    ['half a character', 'a: "\\ud800"', /no text/],
    ['NUL', 'a: "\\0"', /no text/],
    ['nothing', ' \n', /is empty/],
    ['a list', '- a', /must be an object with keys/],
    ['a text', 'product', /must be an object with keys/],
  ])('%s', (_, text, message) => {
    const told = refusal(text);
    expect(told.code).toBe('manifest_invalid');
    expect(told.message).toMatch(message);
  });

  test('bytes that are no text', () => {
    expect(refusal(Buffer.from([0x61, 0x3a, 0x20, 0xff])).message).toContain('not UTF-8');
  });

  test('more than fits', () => {
    const padded = (size: number) => `${GOOD}#${'x'.repeat(size - GOOD.length - 1)}`;
    expect(() => parseManifest(padded(MAX_MANIFEST_BYTES))).not.toThrow();
    expect(refusal(padded(MAX_MANIFEST_BYTES + 1)).message).toContain('larger than');
  });

  test('a thousand faults are told in few words', () => {
    const { message, at } = refusal(Array.from({ length: 20_000 }, (_, nth) => `key${nth}: 1`).join('\n'));
    expect(at).toHaveLength(100);
    expect(message.length).toBeLessThan(1000);
  });
});

describe('what is called JSON is JSON', () => {
  const minimal = profile({});
  test.each([
    ['a comma at the end', `${minimal.slice(0, -1)},}`],
    ['a comment', `${minimal} # yes`],
    ['a key without quotes', minimal.replace('"product"', 'product')],
    ['single quotes', minimal.replaceAll('"', "'")],
    ['two values', `${minimal}${minimal}`],
    ['an end that is missing', minimal.slice(0, -1)],
    ['brackets that cross', '{"a": [}]'],
    ['an escape of nothing', '{"a": "\\x"}'],
    ['a number that YAML alone knows', '{"a": 0o7}'],
    ['a line break in a text', '{"a": "\n"}'],
    ['nothing but a colon', ':'],
  ])('and so %s is a fault', (_, text) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(refusal(text, 'json').message).toMatch(/line \d+, column \d+: (is not JSON|the JSON ends)/);
  });

  test.each([
    ['{}'],
    ['[]'],
    ['[[],{}]'],
    ['-0.5e+3'],
    ['"\\u00e9\\n"'],
    ['{"a":{"b":[1,true,null]}}'],
    [' 1 '],
  ])('and %s is none', (text) => {
    expect(() => JSON.parse(text)).not.toThrow();
    expect(refusal(text, 'json').message).not.toContain('JSON');
  });
});
