import { describe, expect, test } from '@jest/globals';
import type { FindingDraft } from '../../../domain/finding/draft.ts';
import { fingerprinted } from '../../../domain/finding/fingerprint.ts';
import { aDraft, at } from './finding-examples.ts';

const marks = (drafts: FindingDraft[], readLine?: (path: string, line: number) => string | undefined) =>
  fingerprinted(drafts, readLine ? { readLine } : {}).map(({ fingerprint }) => fingerprint);
const mark = (more: Partial<FindingDraft> = {}) => marks([aDraft(more)])[0];
const line = (number: number, snippet = 'eval(x)') => aDraft({ location: at('a.py', number), snippet });

describe('the same finding has the same name tomorrow', () => {
  test('when its line has moved or was indented', () => {
    expect(marks([line(90, '\t eval( x )\n')])).toEqual(marks([line(2)]));
  });
  test('when the rest of its region was edited', () => {
    expect(mark({ snippet: 'function f() {\n  old();\n}' })).toBe(
      mark({ snippet: 'function f() {\n  renewed();\n}' }),
    );
  });
  test('when severity, title and words of the tool have changed, but not its line', () => {
    expect(mark({ snippet: 's', severity: 'low', title: 'New', message: 'other' })).toBe(
      mark({ snippet: 's' }),
    );
  });
  test('when the tool tells it in another order', () => {
    const [a, b, c] = [line(1), line(2), line(3, 'exec(y)')];
    expect(new Set(marks([c, b, a]))).toEqual(new Set(marks([a, b, c])));
    expect(marks([b, a])).toEqual(marks([a, b]).reverse());
  });
  test('when only the numbers in its message have changed, and it shows no line', () => {
    expect(mark({ message: 'at line 12: 3 times' })).toBe(
      mark({ message: 'at line 99: 4 times', location: at('a.py', 99) }),
    );
  });
});

describe('another finding has another name', () => {
  const base = mark({ snippet: 's' });
  test.each([
    ['tool', { tool: 'other', snippet: 's' }],
    ['rule', { rule: 'S', snippet: 's' }],
    ['file', { location: at('b.py', 2), snippet: 's' }],
    ['line of text', { snippet: 't' }],
  ])('for another %s', (_, more) => {
    expect(mark(more)).not.toBe(base);
  });

  test('also two equal lines of one file, of which the first keeps the name it had alone', () => {
    const [one, two] = marks([line(2), line(9)]);
    expect(one).not.toBe(two);
    expect(marks([line(5)])).toEqual([one]);
  });

  test('a hundred at one place that say different things', () => {
    const drafts = Array.from({ length: 100 }, (_, at_) => aDraft({ message: `${at_}`, snippet: 's' }));
    expect(new Set(marks(drafts)).size).toBe(100);
  });
});

test('what is reported twice at one place is one finding, suppressed only if it always was', () => {
  const suppressed = { kind: 'in_source', justification: null } as const;
  const twice = fingerprinted([{ ...line(2), suppressed }, line(2)]);
  expect(twice).toHaveLength(1);
  expect(twice[0]?.suppressed).toBeNull();
  expect(
    fingerprinted([
      { ...line(2), suppressed },
      { ...line(2), suppressed },
    ])[0]?.suppressed,
  ).toEqual(suppressed);
  const nowhere = aDraft({ location: null });
  expect(fingerprinted([nowhere, nowhere])).toHaveLength(2);
});

describe("the tool's own fingerprint", () => {
  const native = (value: string, more: Partial<FindingDraft> = {}) =>
    aDraft({ nativeFingerprint: value, ...more });
  test('names a finding that shows no line', () => {
    const before = marks([
      native('partial:k:abc', { message: 'one' }),
      native('partial:k:def', { message: 'two' }),
    ]);
    const after = marks([
      native('partial:k:abc', { message: 'uno', location: at('a.py', 70) }),
      native('partial:k:def', { message: 'due' }),
    ]);
    expect(after).toEqual(before);
  });
  test('counts less than the line itself, unless it is a full one', () => {
    expect(marks([native('partial:k:abc', { snippet: 's' })])).toEqual([mark({ snippet: 's' })]);
    const full = marks([native('full:k:abc', { snippet: 's' })]);
    expect(full).not.toEqual([mark({ snippet: 's' })]);
    expect(marks([native('full:k:abc', { snippet: 'edited', location: at('renamed.py', 1) })])).toEqual(full);
  });
  test('is none when two results of the report have it', () => {
    const [one, two] = [native('full:k:same', { snippet: 's' }), native('full:k:same', { snippet: 't' })];
    expect(marks([one, two])).toEqual([mark({ snippet: 's' }), mark({ snippet: 't' })]);
  });
  test('is never part of a finding', () => {
    expect(fingerprinted([native('full:k:abc')])[0]).not.toHaveProperty('nativeFingerprint');
  });
});

describe('a vulnerability', () => {
  const known = (more: Partial<FindingDraft> = {}) =>
    aDraft({
      kind: 'vulnerability',
      rule: 'CVE-2024-1111',
      identifiers: ['CVE-2024-1111'],
      location: at('package-lock.json', null),
      package: { name: 'lodash', version: '4.17.20', purl: null },
      ...more,
    });
  const name = (more: Partial<FindingDraft> = {}) => marks([known(more)])[0];
  test('stays itself in another version, by another tool and with other words', () => {
    const version = { name: 'Lodash', version: '4.17.19', purl: 'pkg:npm/lodash@4.17.19' };
    expect(
      name({
        package: version,
        tool: 'grype',
        rule: 'GHSA-aaaa-bbbb-cccc',
        identifiers: ['CVE-2024-1111', 'GHSA-aaaa-bbbb-cccc'],
        message: 'x',
      }),
    ).toBe(name());
  });
  test('is another one in another package, manifest or advisory', () => {
    const others = [
      name({ package: { name: 'lodash-es', version: '4.17.20', purl: null } }),
      name({ location: at('web/package-lock.json', null) }),
      name({ rule: 'CVE-2024-2222', identifiers: ['CVE-2024-2222'] }),
    ];
    expect(new Set([name(), ...others]).size).toBe(4);
  });
  test('that is reported twice is there once, and in two versions twice', () => {
    const other = known({ package: { name: 'lodash', version: '3.0.0', purl: null } });
    expect(fingerprinted([known(), known(), other])).toHaveLength(2);
  });
});

describe('a line that the tool does not show', () => {
  const reader = (text: string) => (path: string, number: number) =>
    path === 'a.py' && number === 2 ? text : undefined;
  test('is looked up, shown and used', () => {
    const [finding] = fingerprinted([aDraft()], { readLine: reader('  eval(x)  ') });
    expect(finding?.snippet).toBe('  eval(x)');
    expect(marks([aDraft()], reader('eval(x)'))).toEqual([mark({ snippet: 'eval(x)' })]);
  });
  test('is not shown with a key in it', () => {
    const [finding] = fingerprinted([aDraft()], { readLine: reader('password = "swordfish"') });
    expect(finding?.snippet).toBe('password = "*********"');
  });
  test.each([
    ['db_password: swordfish', 'db_password = ********'],
    ['  export TOKEN=swordfish', 'TOKEN = ********'],
    ['swordfish', null],
    ['c3dvcmRmaXNoc3dvcmRmaXNo==', null],
    ['AKIAQ3EGRWSOX5DTLQJ7: swordfish', null],
  ])('of a secret shows the name it is given to at most: %s', (text, snippet) => {
    const [finding] = fingerprinted([aDraft({ kind: 'secret' })], { readLine: reader(text) });
    expect(finding?.snippet).toBe(snippet);
  });
  test.each(['/etc/passwd', '../a.py', 'a/../../b', 'C:/x', 'https://h/x', '..\\x', '\\\\host\\x'])(
    'is never asked for outside the source: %s',
    (path) => {
      const asked: string[] = [];
      fingerprinted([aDraft({ location: at(path, 1) })], { readLine: (asks) => void asked.push(asks) });
      expect(asked).toEqual([]);
    },
  );
});

test('a hundred thousand equal lines are told apart without comparing each with each', () => {
  const drafts = Array.from({ length: 100_000 }, (_, number) => line(number + 1));
  expect(new Set(marks(drafts)).size).toBe(100_000);
});
