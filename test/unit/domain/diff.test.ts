import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../../contracts/finding.ts';
import { compareFindings } from '../../../domain/finding/compare-findings.ts';
import type { FindingDraft } from '../../../domain/finding/draft.ts';
import { fingerprinted } from '../../../domain/finding/fingerprint.ts';
import { merge } from '../../../domain/finding/merge/merge.ts';
import { aDraft, at } from './finding-examples.ts';
import { findingOf } from './finding-fixture.ts';

const report = (...drafts: Partial<FindingDraft>[]): Finding[] => fingerprinted(drafts.map(aDraft));
const line = (path: string, number: number, snippet = 'eval(input)'): Partial<FindingDraft> => ({
  location: at(path, number),
  snippet,
});
const changeOf = (before: Finding[], now: Finding[]) => {
  const { changes, counts } = compareFindings(before, now);
  expect(counts.new + counts.unchanged + counts.moved).toBe(now.length);
  return [...changes.values()];
};

test.each([
  ['unchanged', [line('a.py', 2)], [line('a.py', 2)], ['unchanged']],
  ['moved', [line('a.py', 2)], [line('a.py', 90)], ['moved']],
  ['new', [], [line('a.py', 2)], ['new']],
  ['new beside an old one', [line('a.py', 2)], [line('a.py', 2), line('a.py', 9)], ['unchanged', 'new']],
  ['new with another text', [line('a.py', 2)], [line('a.py', 2, 'exec(x)')], ['new']],
])('a finding is %s', (_, before, now, expected) => {
  expect(changeOf(report(...before), report(...now))).toEqual(expected);
});

test('what is gone is fixed', () => {
  const before = report(line('a.py', 2), line('b.py', 2));
  const { fixed, counts, unseen } = compareFindings(before, before.slice(0, 1));
  expect([fixed, counts, unseen]).toEqual([
    before.slice(1),
    { new: 0, unchanged: 1, moved: 0, fixed: 1 },
    [],
  ]);
});

test('one that is known has got worse when its severity rose, wherever it is now', () => {
  const of = (severity: Finding['severity'], number: number) => report({ ...line('a.py', number), severity });
  const worse = (before: Finding[], now: Finding[]) => compareFindings(before, now).worsened.size;
  expect([worse(of('low', 2), of('medium', 2)), worse(of('low', 2), of('critical', 9))]).toEqual([1, 1]);
  expect([worse(of('low', 2), of('low', 2)), worse(of('low', 2), of('info', 2))]).toEqual([0, 0]);
  expect(worse([], of('critical', 2))).toBe(0);
});

test('what is gone because its tool did not look, is not fixed', () => {
  const before = report({ tool: 'bandit' }, { tool: 'semgrep' });
  const { fixed, unseen, counts } = compareFindings(before, [], { completed: new Set(['semgrep']) });
  expect([fixed.map(({ tool }) => tool), unseen.map(({ tool }) => tool), counts.fixed]).toEqual([
    ['semgrep'],
    ['bandit'],
    1,
  ]);
});

test('a finding is known by any tool that saw it', () => {
  const one = report({ tool: 'semgrep', identifiers: ['CWE-1'], snippet: 'eval(x)' });
  const two = report({ tool: 'bandit', identifiers: ['CWE-1'], snippet: 'eval(x)' });
  for (const [before, now] of [
    [[two], [one, two]],
    [[one, two], [two]],
    [[one, two], [one]],
  ] as const) {
    expect(changeOf(merge(before), merge(now))).toEqual(['unchanged']);
    expect(compareFindings(merge(before), merge(now)).fixed).toEqual([]);
  }
  const { before } = compareFindings(merge([two]), merge([one, two]));
  expect([...before]).toEqual([
    [one[0]?.fingerprint, expect.objectContaining({ fingerprint: two[0]?.fingerprint })],
  ]);
});

describe('in a file that lies elsewhere now', () => {
  test('it is new when the file has another name, too', () => {
    expect(changeOf(report(line('old.py', 2)), report(line('new.py', 2)))).toEqual(['new']);
  });
  test('it has moved, when the same line went with the file to another folder', () => {
    expect(changeOf(report(line('lib/a.py', 2)), report(line('src/a.py', 7)))).toEqual(['moved']);
  });
  test('it is new when there are two that it could have been', () => {
    expect(changeOf(report(line('x/a.py', 2), line('y/a.py', 2)), report(line('z/a.py', 2)))).toEqual([
      'new',
    ]);
  });
  test('a secret is new: what was decided of an example must not hold for the real one', () => {
    const secret = (path: string) => report({ ...line(path, 2, 'key = ********'), kind: 'secret' });
    expect(changeOf(secret('test/a.env'), secret('a.env'))).toEqual(['new']);
  });
});

test('it is the same at the same place, when its tool gives it another fingerprint', () => {
  const named = (nativeFingerprint: string) =>
    report({ ...line('a.py', 2), snippet: null, message: 'Unsafe.', nativeFingerprint });
  expect(changeOf(named('one'), named('two'))).toEqual(['unchanged']);
});

test('one is known by a name that it had in a scan before, unless that is of several', () => {
  const [now] = report(line('a.py', 2));
  const then = (path: string) => ({ ...report(line(path, 2))[0]!, former_fingerprints: [now!.fingerprint] });
  expect(changeOf([then('x/1.py')], [now!])).toEqual(['moved']);
  expect(changeOf([then('x/1.py'), then('x/2.py')], [now!])).toEqual(['new']);
  expect(changeOf(report(line('x/1.py', 2)), [now!])).toEqual(['new']);
});

test('an advisory that has got a better known name is still the same', () => {
  const known = (identifiers: string[]) =>
    report({
      kind: 'vulnerability',
      rule: identifiers[0] ?? '',
      identifiers,
      location: at('go.mod', null),
      package: { name: 'p', version: '1', purl: null },
    });
  const { changes, before } = compareFindings(
    known(['GHSA-aaaa-bbbb-cccc']),
    known(['CVE-2024-1111', 'GHSA-aaaa-bbbb-cccc']),
  );
  expect([...changes.values()]).toEqual(['unchanged']);
  expect(before.size).toBe(1);
});

test('a hundred thousand that all look alike are compared in one go', () => {
  const many = (folder: string) =>
    report(...Array.from({ length: 50_000 }, (_, number) => line(`${folder}${number}/a.py`, 1)));
  expect(compareFindings(many('x'), many('y')).counts).toMatchObject({ new: 50_000, fixed: 50_000 });
});

test('what a tool was kept from is not fixed', () => {
  const [kept, looked] = ['deploy/key.pem', 'src/a.js'].map((path, at) =>
    findingOf({
      rule: `r${at}`,
      location: { path, start_line: 1, start_column: 1, end_line: 1, end_column: 9 },
    }),
  );
  const { fixed, unseen } = compareFindings([kept!, looked!], [], {
    completed: new Set(['sast']),
    leftOut: (tool, path) => tool === 'sast' && path.startsWith('deploy/'),
  });
  expect(fixed.map(({ rule }) => rule)).toEqual(['r1']);
  expect(unseen.map(({ rule }) => rule)).toEqual(['r0']);
});
