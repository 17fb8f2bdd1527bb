import { describe, expect, test } from '@jest/globals';
import { readSarif } from '../../../domain/finding/sarif-reader/read-sarif.ts';
import { unfinishedReason } from '../../../domain/finding/unfinished.ts';

type Json = Record<string, unknown>;
const log = (...runs: Json[]): string => JSON.stringify({ version: '2.1.0', runs });
const run = (results: unknown, more: Json = {}, driver: Json = {}): Json => ({
  tool: { driver: { name: 'T', version: '1.2', ...driver } },
  results,
  ...more,
});
const result = (more: Json = {}): Json => ({ ruleId: 'R', message: { text: 'm' }, ...more });
const at = (artifactLocation: Json, region?: Json, more: Json = {}): Json => ({
  locations: [{ physicalLocation: { artifactLocation, ...(region && { region }), ...more } }],
});
const first = (report: string, options = {}) => {
  const { drafts, problems } = readSarif(report, options);
  expect(problems).toEqual([]);
  const [draft] = drafts;
  if (draft === undefined) throw new Error('no draft');
  return draft;
};
const only = (more: Json, runMore: Json = {}, driver: Json = {}) =>
  first(log(run([result(more)], runMore, driver)));

test('every result of every run, under the name of its tool', () => {
  const { drafts, tools } = readSarif(
    log(run([result(), result()]), run([result()], {}, { name: 'U', semanticVersion: '2' })),
  );
  expect(drafts.map(({ tool }) => tool)).toEqual(['T', 'T', 'U']);
  expect(tools).toEqual([
    { name: 'T', version: '1.2' },
    { name: 'U', version: '2' },
  ]);
  expect(readSarif(log(run([result()])), { tool: 'ours' }).drafts[0]?.tool).toBe('ours');
});

describe('the severity', () => {
  const rule = (more: Json): Json => ({ rules: [{ id: 'R', ...more }] });
  test.each([
    ['the level', { level: 'error' }, {}, 'high', 'error'],
    ["the rule's level", {}, { defaultConfiguration: { level: 'note' } }, 'low', 'note'],
    [
      "the result's level before the rule's",
      { level: 'note' },
      { defaultConfiguration: { level: 'error' } },
      'low',
      'note',
    ],
    ['a warning by default', {}, {}, 'medium', null],
    ['none', { level: 'none' }, {}, 'info', 'none'],
    [
      'a result that passed',
      { kind: 'pass', level: 'none' },
      { properties: { 'security-severity': '9.8' } },
      'info',
      'pass',
    ],
    [
      'a score of the rule',
      { level: 'note' },
      { properties: { 'security-severity': '9.8' } },
      'critical',
      '9.8',
    ],
    [
      'a score of the result first',
      { properties: { 'security-severity': 3.1 } },
      { properties: { 'security-severity': '9.8' } },
      'low',
      '3.1',
    ],
    ['a score that is a word', {}, { properties: { 'security-severity': 'HIGH' } }, 'high', 'HIGH'],
    [
      'a score beyond its scale',
      { level: 'note' },
      { properties: { 'security-severity': '99' } },
      'low',
      'note',
    ],
    ["the tool's own word", { level: 'error', properties: { issue_severity: 'LOW' } }, {}, 'low', 'LOW'],
    [
      'problem.severity',
      {},
      { properties: { 'problem.severity': 'recommendation' } },
      'low',
      'recommendation',
    ],
    ['the rank, when nothing else is said', { rank: 95 }, {}, 'critical', 'rank 95'],
    ['a level that there is not', { level: 'constructor' }, {}, 'medium', null],
  ])('is %s', (_, given, ruleMore, severity, source) => {
    expect(only(given, {}, rule(ruleMore))).toMatchObject({ severity, source_severity: source });
  });

  test('is what the invocation was configured with', () => {
    const overridden = (more: Json, level: string) => ({
      executionSuccessful: true,
      ruleConfigurationOverrides: [{ descriptor: { index: 0, ...more }, configuration: { level } }],
    });
    expect(only({}, { invocations: [overridden({}, 'error')] }, rule({})).severity).toBe('high');
    expect(only({}, { invocations: [overridden({ id: 'OTHER' }, 'error')] }, rule({})).severity).toBe(
      'medium',
    );
    const several = { invocations: [overridden({}, 'error'), overridden({}, 'note')] };
    expect(only({ provenance: { invocationIndex: 1 } }, several, rule({})).severity).toBe('low');
    expect(only({}, several, rule({})).severity).toBe('medium');
  });

  test('of a secret whose tool says nothing is not "warning"', () => {
    const severityOf = (ruleId: string) =>
      first(log(run([result({ ruleId })], {}, { name: 'gitleaks' }))).severity;
    expect([severityOf('aws-access-token'), severityOf('private-key')]).toEqual(['high', 'critical']);
  });

  test.each([
    [{ precision: 'very-high' }, 'high'],
    [{ precision: 'low' }, 'low'],
    [{ tags: ['MEDIUM CONFIDENCE'] }, 'medium'],
    [{}, null],
  ])('comes with the confidence of %j', (properties, confidence) => {
    expect(only({}, {}, rule({ properties })).confidence).toBe(confidence);
  });
});

describe('the rule', () => {
  const titled = (id: string | undefined, title: string): Json => ({
    ...(id && { id }),
    shortDescription: { text: title },
  });
  const tool = (rules: Json[], extensions: Json[] = []): Json => ({
    tool: { driver: { name: 'T', rules }, extensions },
  });
  const rules = [titled('A', 'first'), titled('B', 'second'), { ...titled('G', 'by guid'), guid: 'g-1' }];
  const extension = { name: 'pack', guid: 'e-1', rules: [titled('X', 'extended')] };
  test.each([
    ['its id', { ruleId: 'B' }, 'B', 'second'],
    ['its place', { ruleId: undefined, ruleIndex: 1 }, 'B', 'second'],
    ['both', { ruleId: 'B', ruleIndex: 1 }, 'B', 'second'],
    ['its id, when the place is of another one', { ruleId: 'A', ruleIndex: 1 }, 'A', 'first'],
    ['its id, when the place is none', { ruleId: 'A', ruleIndex: 99 }, 'A', 'first'],
    ['a longer id', { ruleId: 'B/1/2' }, 'B/1/2', 'second'],
    ['a longer id and the place', { ruleId: 'B/1', ruleIndex: 1 }, 'B/1', 'second'],
    ['a reference', { ruleId: undefined, rule: { id: 'B' } }, 'B', 'second'],
    ['a GUID', { ruleId: undefined, rule: { guid: 'g-1' } }, 'G', 'by guid'],
    [
      'its place in an extension',
      { ruleId: 'X', rule: { index: 0, toolComponent: { index: 0 } } },
      'X',
      'extended',
    ],
    [
      'an extension by name',
      { ruleId: undefined, rule: { index: 0, toolComponent: { name: 'pack' } } },
      'X',
      'extended',
    ],
    [
      'an extension by GUID',
      { ruleId: undefined, rule: { index: 0, toolComponent: { guid: 'e-1' } } },
      'X',
      'extended',
    ],
    ['its id in any extension', { ruleId: 'X' }, 'X', 'extended'],
    ['an id that is not described', { ruleId: 'Z' }, 'Z', 'Z'],
    ['an id that every object has', { ruleId: 'constructor' }, 'constructor', 'constructor'],
    ['nothing at all', { ruleId: undefined }, 'unnamed', 'm'],
  ])('is found by %s', (_, given, rule, title) => {
    expect(only(given, tool(rules, [extension]))).toMatchObject({ rule, title });
  });
});

describe('the message', () => {
  const strings = {
    rules: [{ id: 'R', messageStrings: { own: { text: '{0} is not {1}' }, braces: { text: '{{0}} {0}' } } }],
    globalMessageStrings: { all: { text: 'for all: {0}' } },
  };
  test.each([
    [{ text: 'plain' }, 'plain'],
    [{ id: 'own', arguments: ['a', 'b'] }, 'a is not b'],
    [{ id: 'own', arguments: ['a'] }, 'a is not {1}'],
    [{ id: 'braces', arguments: ['x'] }, '{0} x'],
    [{ id: 'all', arguments: ['y'] }, 'for all: y'],
    [{ text: 'Tainted {0}', arguments: ['$&'] }, 'Tainted $&'],
    [{ text: 'see [the sink](1) and \\[no link]' }, 'see the sink and [no link]'],
    [{ markdown: '**only** this' }, '**only** this'],
    [{ id: 'toString' }, 'R'],
  ])('%j', (message, text) => {
    expect(only({ message }, {}, strings).message).toBe(text);
  });
});

describe('the path', () => {
  const bases = {
    originalUriBaseIds: {
      '%SRCROOT%': { uri: 'file:///home/ci/shop/' },
      APP: { uri: 'app/', uriBaseId: '%SRCROOT%' },
      LIB: { uri: 'file:///usr/lib/' },
      LOOP: { uri: 'l/', uriBaseId: 'LOOP' },
    },
  };
  test.each([
    ['relative', { uri: 'src/a.c' }, {}, 'src/a.c'],
    ['relative to the root', { uri: 'src/a.c', uriBaseId: '%SRCROOT%' }, bases, 'src/a.c'],
    ['relative to a base of a base', { uri: 'a.c', uriBaseId: 'APP' }, bases, 'app/a.c'],
    ['relative to a base that is not told', { uri: 'a.c', uriBaseId: 'NONE' }, bases, 'a.c'],
    ['relative to what every object has', { uri: 'a.c', uriBaseId: '__proto__' }, bases, 'a.c'],
    ['relative to a base elsewhere', { uri: 'x.h', uriBaseId: 'LIB' }, bases, '/usr/lib/x.h'],
    ['absolute, inside the root', { uri: 'file:///home/ci/shop/src/a.c' }, bases, 'src/a.c'],
    ['absolute, beside the root', { uri: 'file:///home/ci/shopping/a.c' }, bases, '/home/ci/shopping/a.c'],
    ['absolute, in a root that we know', { uri: 'file:///work/t/a.c' }, {}, 'a.c'],
    ['on a host', { uri: 'file://localhost/work/t/a.c' }, {}, 'a.c'],
    ['of Windows', { uri: 'file:///C:/src/a.c' }, {}, 'C:/src/a.c'],
    ['with backslashes', { uri: 'src\\a.c' }, {}, 'src/a.c'],
    ['escaped', { uri: 'with%20space/%C3%A4%23.c' }, {}, 'with space/ä#.c'],
    ['escaped wrongly', { uri: '100%/a.c' }, {}, '100%/a.c'],
    ['with steps inside', { uri: './a/../b//c.c' }, {}, 'b/c.c'],
    ['that climbs out', { uri: '../../etc/passwd' }, {}, '../../etc/passwd'],
    ['that climbs out in disguise', { uri: 'a/%2e%2e/%2e%2e/b' }, {}, '../b'],
    ['that climbs out of the root', { uri: '../x.c', uriBaseId: '%SRCROOT%' }, bases, '/home/ci/x.c'],
    ['of an artifact', { index: 0 }, { artifacts: [{ location: { uri: 'src/i.c' } }] }, 'src/i.c'],
    [
      'in an archive',
      { index: 1 },
      { artifacts: [{ location: { uri: 'a.zip' } }, { location: { uri: '/in.c' }, parentIndex: 0 }] },
      'a.zip/in.c',
    ],
    ['on the web', { uri: 'https://shop.example/a?b=c' }, {}, 'https://shop.example/a?b=c'],
  ])('%s', (_, location, more, path) => {
    const report = log(run([result(at(location, { startLine: 1 }))], more));
    expect(first(report, { root: '/work/t' }).location?.path).toBe(path);
  });

  test('by the repository that the run maps', () => {
    const more = {
      versionControlProvenance: [{ repositoryUri: 'https://x', mappedTo: { uri: 'file:///b/r/' } }],
    };
    expect(only(at({ uri: 'file:///b/r/a.c' }), more).location?.path).toBe('a.c');
  });

  test.each([
    ['a base that is its own', { uri: 'a.c', uriBaseId: 'LOOP' }, bases],
    [
      'an artifact that is its own parent',
      { index: 0 },
      { artifacts: [{ location: { uri: 'a.c' }, parentIndex: 0 }] },
    ],
    ['an artifact that is where it is', { index: 0 }, { artifacts: [{ location: { index: 0 } }] }],
  ])('does not lead round in circles: %s', (_, location, more) => {
    const path = only(at(location), more).location?.path ?? '';
    expect(path.length).toBeLessThan(200);
  });
});

describe('the place', () => {
  test.each([
    [{ startLine: 3 }, [3, null, 3, null]],
    [{ startLine: 3, startColumn: 2, endLine: 4, endColumn: 9 }, [3, 2, 4, 9]],
    [{ startLine: 3, endLine: 1 }, [3, null, 3, null]],
    [{ startLine: 3, startColumn: 9, endColumn: 2 }, [3, 9, 3, 9]],
    [{ byteOffset: 10, byteLength: 3 }, [null, null, null, null]],
    [{ charOffset: 10 }, [null, null, null, null]],
    [{ startLine: 0 }, [null, null, null, null]],
    [{ startLine: '3' }, [null, null, null, null]],
    [{ startLine: 2.5 }, [null, null, null, null]],
    [{ startLine: 1e300 }, [null, null, null, null]],
  ])('%j', (region, [start_line, start_column, end_line, end_column]) => {
    expect(only(at({ uri: 'a' }, region)).location).toEqual({
      path: 'a',
      start_line,
      start_column,
      end_line,
      end_column,
    });
  });

  test('is the first of several, and the others are related', () => {
    const place = (uri: string) => ({ physicalLocation: { artifactLocation: { uri } } });
    const draft = only({ locations: [place('a'), place('b')], relatedLocations: [{ id: 1, ...place('c') }] });
    expect([draft.location?.path, ...draft.related_locations.map(({ path }) => path)]).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(only({ relatedLocations: [place('c')] })).toMatchObject({
      location: null,
      related_locations: [{ path: 'c' }],
    });
  });

  test('is the target, when the result names none', () => {
    expect(only({ analysisTarget: { uri: 'a.dll' } }).location?.path).toBe('a.dll');
  });

  test('may be a name in the program only', () => {
    const logical = { logicalLocations: [{ fullyQualifiedName: 'shop.Cart.add' }] };
    expect(only({ locations: [logical] })).toMatchObject({ location: null, message: 'm (in shop.Cart.add)' });
    const nested = { logicalLocations: [{ name: 'shop' }, { name: 'add', parentIndex: 0 }] };
    expect(only({ locations: [{ logicalLocations: [{ index: 1 }] }] }, nested).message).toBe(
      'm (in shop.add)',
    );
    const loop = { logicalLocations: [{ name: 'x', parentIndex: 0 }] };
    expect(only({ locations: [{ logicalLocations: [{ index: 0 }] }] }, loop).message.length).toBeLessThan(
      100,
    );
  });

  test('comes with its text, and never with that of its neighbours', () => {
    const around = { contextRegion: { startLine: 2, snippet: { text: 'two\nthree\nfour' } } };
    expect(only(at({ uri: 'a' }, { startLine: 3, snippet: { text: 'own' } }, around)).snippet).toBe('own');
    expect(only(at({ uri: 'a' }, { startLine: 3 }, around)).snippet).toBe('three');
    expect(only(at({ uri: 'a' }, { startLine: 9 }, around)).snippet).toBeNull();
  });

  test('is reached by flows, also by those that the run shares', () => {
    const step = (uri: string) => ({
      location: { physicalLocation: { artifactLocation: { uri }, region: { startLine: 1 } } },
    });
    const draft = only(
      {
        codeFlows: [
          { threadFlows: [{ locations: [step('a'), { index: 0 }] }] },
          { threadFlows: [{ locations: [] }] },
        ],
      },
      { threadFlowLocations: [step('shared')] },
    );
    expect(draft.flows.map((steps) => steps.map(({ path }) => path))).toEqual([['a', 'shared']]);
  });
});

describe('a suppression', () => {
  test.each([
    [[], null],
    [[{ kind: 'inSource' }], { kind: 'in_source', justification: null }],
    [
      [{ kind: 'external', status: 'accepted', justification: 'j' }],
      { kind: 'external', justification: 'j' },
    ],
    [[{ kind: 'external', status: 'underReview' }], null],
    [[{ kind: 'external', status: 'rejected' }], null],
    [[{ kind: 'inSource' }, { kind: 'external', status: 'rejected' }], null],
    [[{ kind: 'inSource', status: 'whatever' }], null],
    [[null], null],
    ['yes', null],
  ])('%j', (suppressions, suppressed) => {
    expect(only({ suppressions }).suppressed).toEqual(suppressed);
  });
});

describe('identifiers', () => {
  test.each([
    [
      'tags of the rule',
      {},
      { properties: { tags: ['external/cwe/cwe-079', 'CWE-89: SQL', 'security'] } },
      {},
      ['CWE-79', 'CWE-89'],
    ],
    ['tags of the result', { properties: { tags: ['CVE-2024-12345'] } }, {}, {}, ['CVE-2024-12345']],
    ['the rule itself', { ruleId: 'GHSA-AAAA-bbbb-CCCC' }, {}, {}, ['GHSA-aaaa-bbbb-cccc']],
    ['taxa', { taxa: [{ id: '78', toolComponent: { name: 'CWE' } }] }, {}, {}, ['CWE-78']],
    [
      'taxa by their place',
      { taxa: [{ index: 0, toolComponent: { index: 0 } }] },
      {},
      { taxonomies: [{ name: 'CWE', taxa: [{ id: '22' }] }] },
      ['CWE-22'],
    ],
    [
      'the sentence that tells aliases',
      {
        message: {
          text: "Package 'p@1' is vulnerable to 'CVE-2024-1111' (also known as 'GHSA-aaaa-bbbb-cccc').",
        },
      },
      {},
      {},
      ['GHSA-aaaa-bbbb-cccc'],
    ],
    [
      'relationships of the rule',
      {},
      { relationships: [{ target: { id: 'CWE-601', toolComponent: { name: 'CWE' } } }] },
      {},
      ['CWE-601'],
    ],
  ])('come from %s', (_, given, ruleMore, runMore, identifiers) => {
    const rules = [{ id: 'R', ...ruleMore }];
    expect(only(given, runMore, { rules }).identifiers).toEqual(identifiers);
  });
});

test('a fix is what its description says', () => {
  expect(only({ fixes: [{ artifactChanges: [] }, { description: { text: 'Escape it.' } }] }).fix).toBe(
    'Escape it.',
  );
});

describe('parts that are kept elsewhere', () => {
  test('in the same log belong to the run that they name', () => {
    const inline = [
      { runGuid: 'u', results: [result({ ruleId: 'IN' })], artifacts: [] },
      { runGuid: 'none', driver: { name: 'V' }, results: [result()] },
    ];
    const text = JSON.stringify({
      version: '2.1.0',
      inlineExternalProperties: inline,
      runs: [run([result()], { automationDetails: { guid: 'u' } }), run([])],
    });
    const { drafts, problems } = readSarif(text);
    expect(drafts.map(({ tool, rule }) => `${tool} ${rule}`)).toEqual(['T R', 'T IN', 'V R']);
    expect(problems.map(({ code }) => code)).toEqual(['external_properties']);
  });

  test('in other files are not fetched, and missed', () => {
    const more = {
      externalPropertyFileReferences: { results: [{ location: { uri: 'http://169.254.169.254/' } }] },
    };
    expect(readSarif(log(run([], more))).problems).toMatchObject([
      { code: 'external_properties', path: 'runs[0]' },
    ]);
  });
});

test('results of an earlier run that are gone are no findings, and counted', () => {
  const states = ['new', 'unchanged', 'updated', 'absent'].map((baselineState) => result({ baselineState }));
  const { drafts, problems } = readSarif(log(run(states)));
  expect(drafts).toHaveLength(3);
  expect(problems).toMatchObject([{ code: 'absent_results', path: 'runs[0].results' }]);
});

test('a tool that failed is heard', () => {
  const invocations = [
    {
      executionSuccessful: false,
      toolExecutionNotifications: [
        { level: 'error', message: { text: 'crash' } },
        { level: 'note', message: { text: 'hi' } },
      ],
    },
  ];
  expect(
    readSarif(log(run([], { invocations }))).problems.map(({ code, message }) => `${code} ${message}`),
  ).toEqual(['execution_failed the tool says that it did not succeed', 'tool_error crash']);
});

test.each([
  ['Syntax error', 'warning', ['not_searched']],
  ['Syntax error', 'error', ['not_searched']],
  ['Lexical error', 'error', ['not_searched']],
  ['PartialParsing', 'warning', ['not_searched']],
  ['Rule parse error', 'error', ['tool_error']],
  ['Fatal error', 'error', ['tool_error']],
  ['Deprecated rule', 'warning', []],
])('%s, of level %s', (id, level, codes) => {
  const notification = { descriptor: { id }, level, message: { text: 'at a.py:5' } };
  const invocations = [{ executionSuccessful: true, toolExecutionNotifications: [notification] }];
  const { problems } = readSarif(log(run([], { invocations })));
  expect(problems.map(({ code }) => code)).toEqual(codes);
  expect(unfinishedReason(problems) !== undefined).toBe(codes.includes('tool_error'));
});

test.each([
  [
    'a property',
    { properties: { package: { name: 'p', version: '1', purl: 'pkg:npm/p@1' } } },
    { name: 'p', version: '1', purl: 'pkg:npm/p@1' },
  ],
  [
    'a package URL',
    { properties: { purls: ['pkg:npm/%40scope/p@1.2?x=y'] } },
    { name: '@scope/p', version: '1.2', purl: 'pkg:npm/%40scope/p@1.2?x=y' },
  ],
  [
    "trivy's words",
    { message: { text: 'Package: lodash\nInstalled Version: 4.17.20\nSeverity: HIGH' } },
    { name: 'lodash', version: '4.17.20', purl: null },
  ],
  [
    "grype's words",
    { message: { text: 'A high vulnerability in npm package: lodash, version 4.17.20 was found at: /a' } },
    { name: 'lodash', version: '4.17.20', purl: null },
  ],
  [
    "osv-scanner's words",
    { message: { text: "Package '@s/p@1.0' is vulnerable to 'CVE-2024-1111'" } },
    { name: '@s/p', version: '1.0', purl: null },
  ],
  ['nothing', {}, null],
])('a package is known by %s', (_, given, expected) => {
  expect(only(given).package).toEqual(expected);
});

test('a description that only repeats the rule is no title', () => {
  const rule = {
    id: 'team.sql',
    name: 'team.sql',
    shortDescription: { text: 'Semgrep Finding: team.sql' },
    fullDescription: { text: 'SQL is put together as text. Use parameters.' },
  };
  const log = {
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'semgrep', rules: [rule] } },
        results: [{ ruleId: 'team.sql', message: { text: 'here' } }],
      },
    ],
  };
  expect(readSarif(JSON.stringify(log)).drafts[0]?.title).toBe('SQL is put together as text.');
  const named = {
    ...log,
    runs: [{ ...log.runs[0], tool: { driver: { name: 'x', rules: [{ ...rule, name: 'SqlText' }] } } }],
  };
  expect(readSarif(JSON.stringify(named)).drafts[0]?.title).toBe('SqlText');
});
