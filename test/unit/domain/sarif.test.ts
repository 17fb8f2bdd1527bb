import { expect, test } from '@jest/globals';
import type { Finding } from '../../../contracts/finding.ts';
import { fingerprinted } from '../../../domain/finding/fingerprint.ts';
import { toSarif } from '../../../domain/finding/sarif.ts';
import { readSarif } from '../../../domain/finding/sarif-reader/read-sarif.ts';
import { aDraft, aFinding, at } from './finding-examples.ts';

const finding = (rule: string, path: string, more: Partial<Finding> = {}): Finding =>
  aFinding({
    tool: 'secrets',
    rule,
    title: `Title of ${rule}`,
    severity: 'critical',
    location: { path, start_line: 2, start_column: 3, end_line: 4, end_column: 5 },
    snippet: 'key = ***',
    ...more,
  });
const SECRETS = { tool: 'secrets', version: '1', outcome: 'completed', reason: null } as const;

type Sarif = {
  version: string;
  $schema: string;
  runs: { tool: { driver: { rules: { id: string }[] } }; results: Result[] }[];
};
type Result = {
  ruleId: string;
  level: string;
  locations: { physicalLocation: { artifactLocation: { uri: string }; region: object } }[];
  partialFingerprints: object;
};
const run = (findings: Finding[]) => (toSarif(findings, [SECRETS]) as Sarif).runs[0] as Sarif['runs'][number];

test('a log of one run, each rule once, each result naming a rule that is there', () => {
  const sarif = toSarif([finding('A', 'a'), finding('A', 'b'), finding('B', 'c')], [SECRETS]) as Sarif;
  expect(sarif).toMatchObject({ version: '2.1.0', $schema: expect.stringContaining('sarif-2.1.0') });
  const { tool, results } = sarif.runs[0] as Sarif['runs'][number];
  expect(tool).toMatchObject({ driver: { name: 'secrets', version: '1' } });
  expect(tool.driver.rules.map(({ id }) => id)).toEqual(['A', 'B']);
  expect(results.map(({ ruleId }) => ruleId)).toEqual(['A', 'A', 'B']);
  expect(results[0]?.locations[0]?.physicalLocation.region).toEqual({
    startLine: 2,
    startColumn: 3,
    endLine: 4,
    endColumn: 5,
    snippet: { text: 'key = ***' },
  });
  expect(results[0]?.partialFingerprints).toEqual({ 'certus/v1': 'f'.repeat(64) });
});

test.each([
  ['critical', 'error'],
  ['high', 'error'],
  ['medium', 'warning'],
  ['low', 'note'],
  ['info', 'note'],
] as const)('%s is shown as %s', (severity, level) => {
  expect(run([finding('A', 'a', { severity })]).results[0]?.level).toBe(level);
});

test.each([
  ['src/a.js', 'src/a.js'],
  ['with space/ä#?.js', 'with%20space/%C3%A4%23%3F.js'],
  ['100%/%2e%2e/x', '100%25/%252e%252e/x'],
  ['new\nline', 'new%0Aline'],
  ['javascript:alert(1)', 'javascript%3Aalert(1)'],
])('the odd name %j is a URI reference that leads back to it', (path, uri) => {
  const shown = run([finding('A', path)]).results[0]?.locations[0]?.physicalLocation.artifactLocation.uri;
  expect(shown).toBe(uri);
  expect(decodeURIComponent(new URL(uri, 'file:///root/').pathname)).toBe(`/root/${path}`);
});

test('a name that is not even text does not end the run', () => {
  expect(() => run([finding('A', 'lone\ud800surrogate')])).not.toThrow();
});

test('nothing found is a log all the same', () => {
  expect(run([])).toMatchObject({ results: [], tool: { driver: { rules: [] } } });
});

test('one run a tool, each finding once, and a tool that did not run says so', () => {
  const { runs } = toSarif(
    [finding('A', 'a'), finding('B', 'b', { tool: 'bandit', fingerprint: 'b'.repeat(64) })],
    [SECRETS, { tool: 'trivy', version: null, outcome: 'not_available', reason: 'not installed' }],
  ) as { runs: { tool: { driver: { name: string } }; results: object[]; invocations?: object[] }[] };
  expect(runs.map(({ tool, results }) => [tool.driver.name, results.length])).toEqual([
    ['secrets', 1],
    ['trivy', 0],
    ['bandit', 1],
  ]);
  expect(runs[0]?.invocations).toEqual([{ executionSuccessful: true }]);
  expect(runs[1]?.invocations).toEqual([
    {
      executionSuccessful: false,
      toolExecutionNotifications: [{ level: 'error', message: { text: 'not installed' } }],
    },
  ]);
});

test('everything a finding knows is in its result, where the standard has a place for it', () => {
  const place = at('src/b.js', 7);
  const [result] = run([
    finding('A', 'a', {
      suppressed: { kind: 'in_source', justification: 'example' },
      related_locations: [place],
      flows: [[place, at('src/c.js', null)]],
      identifiers: ['CWE-79'],
      package: { name: 'p', version: '1', purl: 'pkg:npm/p@1' },
      fix: 'Do not.',
      confidence: 'high',
    }),
  ]).results;
  expect(result).toMatchObject({
    suppressions: [{ kind: 'inSource', status: 'accepted', justification: 'example' }],
    relatedLocations: [{ id: 0, physicalLocation: { artifactLocation: { uri: 'src/b.js' } } }],
    codeFlows: [
      {
        threadFlows: [
          {
            locations: [
              { location: { physicalLocation: { region: { startLine: 7 } } } },
              { location: { physicalLocation: { artifactLocation: { uri: 'src/c.js' } } } },
            ],
          },
        ],
      },
    ],
    properties: { package: { purl: 'pkg:npm/p@1' }, fix: 'Do not.', identifiers: ['CWE-79'] },
  });
});

test('a finding without a place or a line claims none', () => {
  expect(run([finding('A', 'a', { location: null })]).results[0]?.locations).toEqual([]);
  const [result] = run([finding('A', 'a', { location: at('a', null) })]).results;
  expect(result?.locations[0]?.physicalLocation).toEqual({ artifactLocation: { uri: 'a' } });
});

test.each([
  ['critical', 9.8, '9.8'],
  ['critical', 5, '9.5'],
  ['medium', 5.5, '5.5'],
  ['high', null, '8.0'],
] as const)('%s with the score %s is told to code hosts as %s', (severity, score, shown) => {
  const { results, tool } = run([finding('A', 'a', { severity, score })]);
  for (const { properties } of [...results, ...tool.driver.rules] as unknown as { properties: object }[])
    expect(properties).toMatchObject({ 'security-severity': shown });
});

test('what is written is read back as what it was', () => {
  const [one] = fingerprinted([
    aDraft({
      location: { path: 'with space/ä#?.js', start_line: 3, start_column: 2, end_line: 4, end_column: 9 },
      snippet: 'eval(x)',
      identifiers: ['CWE-95'],
      score: 7.1,
      confidence: 'medium',
      related_locations: [at('b', 1)],
      suppressed: { kind: 'external', justification: null },
      fix: 'Do not.',
    }),
  ]);
  const { drafts, problems } = readSarif(JSON.stringify(toSarif([one as Finding])));
  const { fingerprint: _, sources: __, source_severity: ___, ...facts } = one as Finding;
  expect(drafts).toMatchObject([facts]);
  expect(problems).toEqual([]);
});
