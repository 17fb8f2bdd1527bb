import { expect, test } from '@jest/globals';
import type { Finding } from '../../../contracts/finding.ts';
import { toSarif } from '../../../domain/finding/sarif.ts';
import { aFinding } from './finding-fixture.ts';

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
const run = (findings: Finding[]) =>
  (toSarif({ name: 'secrets', version: '1' }, findings) as Sarif).runs[0] as Sarif['runs'][number];

test('a log of one run, each rule once, each result naming a rule that is there', () => {
  const sarif = toSarif({ name: 'secrets', version: '1' }, [
    finding('A', 'a'),
    finding('A', 'b'),
    finding('B', 'c'),
  ]) as Sarif;
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
