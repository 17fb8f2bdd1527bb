import { describe, expect, test } from '@jest/globals';
import { fingerprinted } from '../../../domain/finding/fingerprint.ts';
import { readSarif } from '../../../domain/finding/sarif-reader/read-sarif.ts';
import { unfinishedReason } from '../../../domain/finding/unfinished.ts';

const RESULT = { ruleId: 'R', message: { text: 'm' } };
const RUN = { tool: { driver: { name: 'T' } }, results: [RESULT] };
const LOG = { version: '2.1.0', runs: [RUN] };
const codes = (report: string | Buffer, options = {}) =>
  readSarif(report, options).problems.map(({ code }) => code);

describe('whichever way it was written, it is read', () => {
  const text = JSON.stringify({
    version: '2.1.0',
    runs: [{ ...RUN, results: [{ ...RESULT, message: { text: 'ä€😀' } }] }],
  });
  const bigEndian = (bytes: Buffer) => Buffer.from(bytes).swap16();
  test.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['a string with a mark', `\ufeff${text}`],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 without', Buffer.from(text, 'utf16le')],
    ['UTF-16, the other way round', bigEndian(Buffer.from(`\ufeff${text}`, 'utf16le'))],
    ['the other way round without a mark', bigEndian(Buffer.from(text, 'utf16le'))],
  ])('%s', (_, report) => {
    const { drafts, problems } = readSarif(report);
    expect(drafts[0]?.message).toBe('ä€😀');
    expect(problems).toEqual([]);
  });

  test('with bytes that are no text, which is told', () => {
    const bytes = Buffer.from(JSON.stringify(LOG).replace('"m"', '"\xff"'), 'latin1');
    expect(codes(bytes)).toEqual(['invalid_encoding']);
    expect(readSarif(bytes).drafts).toHaveLength(1);
  });

  test('with raw control characters, which is told', () => {
    const report = JSON.stringify(LOG).replace('"m"', '"a\u0001b\u001b[2Jc"');
    const { drafts, problems } = readSarif(report);
    expect(drafts[0]?.message).toBe('a b [2Jc');
    expect(problems).toMatchObject([{ code: 'control_characters' }]);
  });
});

describe('what is no SARIF 2.1.0 says why, and that it is unreadable', () => {
  test.each([
    ['', 'report_empty'],
    ['   ', 'report_empty'],
    ['{', 'not_json'],
    ['{"version":"2.1.0","runs":[]} x', 'not_json'],
    ['[]', 'not_sarif'],
    ['null', 'not_sarif'],
    ['"2.1.0"', 'not_sarif'],
    ['{}', 'unsupported_version'],
    ['{"version":"2.0.0","runs":[]}', 'unsupported_version'],
    ['{"version":2.1,"runs":[]}', 'unsupported_version'],
    ['{"version":"2.1.0"}', 'no_runs'],
    ['{"version":"2.1.0","runs":{}}', 'no_runs'],
  ])('%j: %s', (report, code) => {
    const { readable, drafts, problems } = readSarif(report);
    expect([readable, drafts, problems.map((problem) => problem.code)]).toEqual([false, [], [code]]);
  });

  test('a report beyond the limit is not even parsed', () => {
    expect(codes(JSON.stringify(LOG), { maxBytes: 10 })).toEqual(['report_too_large']);
  });
});

describe('what is wrong with a part costs that part', () => {
  test.each([
    ['no runs', { version: '2.1.0', runs: [] }, 0, ['no_runs undefined']],
    [
      'a run that is none',
      { version: '2.1.0', runs: [null, RUN, 7] },
      1,
      ['malformed_run runs[0]', 'malformed_run runs[2]'],
    ],
    [
      'a run that did not look',
      { version: '2.1.0', runs: [{ ...RUN, results: null }] },
      0,
      ['run_without_results runs[0].results'],
    ],
    [
      'a run without results',
      { version: '2.1.0', runs: [{ tool: RUN.tool }] },
      0,
      ['run_without_results runs[0].results'],
    ],
    ['a run that found nothing', { version: '2.1.0', runs: [{ ...RUN, results: [] }] }, 0, []],
    [
      'a run of nobody',
      { version: '2.1.0', runs: [{ results: [RESULT] }] },
      1,
      ['unnamed_tool runs[0].tool.driver.name'],
    ],
    [
      'results that are none',
      { version: '2.1.0', runs: [{ ...RUN, results: [null, RESULT, 'x', [], {}, { message: 3 }] }] },
      1,
      [0, 2, 3, 4, 5].map((at) => `malformed_result runs[0].results[${at}]`),
    ],
  ])('%s', (_, log, count, expected) => {
    const { drafts, problems } = readSarif(JSON.stringify(log));
    expect(drafts).toHaveLength(count);
    expect(problems.map(({ code, path }) => `${code} ${code === 'no_runs' ? undefined : path}`)).toEqual(
      expected,
    );
  });

  test('a hundred thousand faults are fifty problems and a number', () => {
    const { problems } = readSarif(
      JSON.stringify({ version: '2.1.0', runs: [{ ...RUN, results: Array(100_000).fill(0) }] }),
    );
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)?.message).toBe('and 99950 more of this kind');
  });

  test('results beyond the limit are told, and none of the others is lost', () => {
    const { drafts, problems } = readSarif(
      JSON.stringify({ version: '2.1.0', runs: [{ ...RUN, results: Array(10).fill(RESULT) }] }),
      { maxResults: 4 },
    );
    expect(drafts).toHaveLength(4);
    expect(problems).toMatchObject([
      { code: 'too_many_results', message: expect.stringContaining('6 results') },
    ]);
  });

  test('a hundred thousand results are as many as are read of any report', () => {
    const results = Array(100_002).fill({ baselineState: 'absent' });
    const report = JSON.stringify({ version: '2.1.0', runs: [{ ...RUN, results }] });
    const { problems } = readSarif(report);
    expect(problems).toMatchObject([
      { code: 'absent_results', message: expect.stringContaining('100000 results') },
      { code: 'too_many_results', message: expect.stringContaining('2 results') },
    ]);
    expect(unfinishedReason(problems)).toMatch(/^too_many_results: 2 results/);
    expect(codes(report, { maxResults: 100_002 })).toEqual(['absent_results']);
  });

  test('any value in any place is survived', () => {
    const odd = [null, 0, -1, 'x', '', [], {}, [[]], [null], true, { index: 0 }, { text: {} }];
    const keys = [
      'ruleId',
      'ruleIndex',
      'rule',
      'message',
      'level',
      'kind',
      'rank',
      'locations',
      'relatedLocations',
      'codeFlows',
      'suppressions',
      'fingerprints',
      'partialFingerprints',
      'taxa',
      'fixes',
      'properties',
      'provenance',
      'analysisTarget',
    ];
    const runKeys = [
      'tool',
      'artifacts',
      'originalUriBaseIds',
      'logicalLocations',
      'threadFlowLocations',
      'invocations',
      'taxonomies',
      'versionControlProvenance',
      'automationDetails',
      'externalPropertyFileReferences',
    ];
    for (const value of odd) {
      for (const key of keys)
        expect(
          readSarif(
            JSON.stringify({ ...LOG, runs: [{ ...RUN, results: [RESULT, { ...RESULT, [key]: value }] }] }),
          ).drafts.length,
        ).toBeGreaterThan(0);
      for (const key of runKeys)
        expect(readSarif(JSON.stringify({ ...LOG, runs: [{ ...RUN, [key]: value }] })).drafts).toHaveLength(
          1,
        );
    }
  });
});

describe('keys', () => {
  test('that stand twice are told', () => {
    expect(
      codes('{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}},"results":[{}],"results":[]}]}'),
    ).toEqual(['repeated_key']);
    expect(codes('{"version":"2.1.0","runs":[],"\\u0072uns":[]}')).toContain('repeated_key');
  });

  test('that only look as if they did are not', () => {
    const tricky = { ...LOG, properties: { a: '"runs": "\\"', b: ['a', 'a'], c: [{ a: 1 }, { a: 1 }] } };
    expect(codes(JSON.stringify(tricky))).toEqual([]);
    expect(codes(JSON.stringify(tricky, null, 2))).toEqual([]);
  });

  test('of the prototype change nothing for anybody', () => {
    const report = `{"version":"2.1.0","__proto__":{"polluted":1},"runs":[{"tool":{"driver":{"name":"T","rules":[{"id":"__proto__","messageStrings":{"__proto__":{"text":"t"}}}]}},"originalUriBaseIds":{"__proto__":{"uri":"file:///x/"}},"results":[{"ruleId":"__proto__","message":{"id":"__proto__"},"fingerprints":{"__proto__":"aaaaaaaaaaaa"},"properties":{"__proto__":{"severity":"low"}},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a","uriBaseId":"constructor"}}}]}]}]}`;
    const { drafts } = readSarif(report);
    expect(drafts).toMatchObject([
      { rule: '__proto__', message: 't', severity: 'medium', location: { path: 'a' } },
    ]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(fingerprinted(drafts)).toHaveLength(1);
  });
});

describe('what grows when it is followed is cut', () => {
  test('a message that repeats a long argument', () => {
    const message = { id: 'boom', arguments: ['A'.repeat(100_000)] };
    const rules = [{ id: 'R', messageStrings: { boom: { text: '{0}'.repeat(50_000) } } }];
    const { drafts } = readSarif(
      JSON.stringify({
        ...LOG,
        runs: [{ tool: { driver: { name: 'T', rules } }, results: [{ ruleId: 'R', message }] }],
      }),
    );
    expect(drafts[0]?.message).toHaveLength(4000);
  });

  test('flows, places and texts', () => {
    const place = {
      physicalLocation: {
        artifactLocation: { uri: 'a'.repeat(5000) },
        region: { startLine: 1, snippet: { text: 's'.repeat(99_999) } },
      },
    };
    const step = { physicalLocation: { artifactLocation: { uri: 'b'.repeat(2000) } } };
    const flow = { threadFlows: [{ locations: Array(1000).fill({ location: step }) }] };
    const result = {
      ...RESULT,
      ruleId: 'r'.repeat(9999),
      locations: Array(200).fill(place),
      codeFlows: Array(20).fill(flow),
    };
    const [draft] = readSarif(JSON.stringify({ ...LOG, runs: [{ ...RUN, results: [result] }] })).drafts;
    expect(draft?.rule).toHaveLength(256);
    expect(draft?.snippet).toHaveLength(1000);
    expect(draft?.related_locations.length).toBeLessThanOrEqual(100);
    expect(draft?.flows.map((steps) => steps.length)).toEqual(Array(10).fill(200));
    expect(draft?.location?.path.length).toBeLessThanOrEqual(1024);
    expect(draft?.related_locations[0]?.path.length).toBeLessThanOrEqual(1024);
    expect(draft?.flows[0]?.[0]?.path.length).toBeLessThanOrEqual(1024);
  });

  test('nesting a million deep, in a place that nobody reads', () => {
    const deep = `${'['.repeat(1e6)}${']'.repeat(1e6)}`;
    const { drafts } = readSarif(`{"version":"2.1.0","runs":[${JSON.stringify(RUN)}],"properties":${deep}}`);
    expect(drafts).toHaveLength(1);
  });

  test('a chain of a hundred thousand bases', () => {
    const bases = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, at) => [`B${at}`, { uri: 'x/', uriBaseId: `B${at + 1}` }]),
    );
    const results = [
      { ...RESULT, locations: [{ physicalLocation: { artifactLocation: { uri: 'a', uriBaseId: 'B0' } } }] },
    ];
    const [draft] = readSarif(
      JSON.stringify({ ...LOG, runs: [{ ...RUN, originalUriBaseIds: bases, results }] }),
    ).drafts;
    expect(draft?.location?.path.length).toBeLessThan(100);
  });
});

test('nothing that steers a terminal or turns text around is left in what is shown', () => {
  const hostile = 'a\u001b[31m\u0007\u0000\u202e\u200b\u2028\u009bb';
  const result = {
    ruleId: hostile,
    message: { text: hostile, markdown: hostile },
    level: 'error',
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: hostile },
          region: { startLine: 1, snippet: { text: hostile } },
        },
      },
    ],
    relatedLocations: [{ physicalLocation: { artifactLocation: { uri: hostile } } }],
    codeFlows: [
      {
        threadFlows: [
          { locations: [{ location: { physicalLocation: { artifactLocation: { uri: hostile } } } }] },
        ],
      },
    ],
    suppressions: [{ kind: 'external', justification: hostile }],
    fixes: [{ description: { text: hostile } }],
    properties: { severity: 'low', package: { name: hostile, version: hostile, purl: hostile } },
  };
  const driver = {
    name: hostile,
    version: hostile,
    rules: [{ id: hostile, shortDescription: { text: hostile } }],
  };
  const { drafts, tools } = readSarif(
    JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver }, results: [result] }] }),
  );
  expect(drafts).toHaveLength(1);
  const all = JSON.stringify([drafts, tools]);
  for (const character of hostile) {
    const escaped = JSON.stringify(character).slice(1, -1);
    if (!/[ab[31m]/.test(character)) expect(all).not.toContain(escaped);
  }
});
