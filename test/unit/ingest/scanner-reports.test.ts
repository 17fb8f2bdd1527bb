import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { READING_FORMATS } from '../../../contracts/reading-formats.ts';
import { NATIVE_FORMATS } from '../../../domain/ingest/security/native.ts';
import { formatNamed } from '../../../domain/ingest/security/tell.ts';
import { zipOf } from '../archive/archives.ts';
import { keysOf, NEEDLE, ofKind, read, report } from './reading.ts';

describe('reports as scanners wrote them', () => {
  test.each([
    ['bandit.json', 'bandit'],
    ['checkov.json', 'checkov'],
    ['detect-secrets.json', 'detect-secrets'],
    ['eslint.json', 'eslint'],
    ['grype.json', 'grype'],
    ['osv-scanner.json', 'osv-scanner'],
    ['retire-js.json', 'retire-js'],
    ['ruff.json', 'ruff'],
    ['trivy.json', 'trivy'],
    ['zap.json', 'zap'],
    ['bandit.sarif.json', 'sarif'],
    ['gitleaks.sarif.json', 'sarif'],
    ['semgrep.sarif.json', 'sarif'],
  ])('%s is told by what it holds', async (name, format) => {
    const result = await read(report(name), { name: 'something.json' });
    expect([result.format, result.opaque]).toEqual([format, []]);
    const findings = ofKind(result.drafts, 'finding');
    expect(findings.length).toBeGreaterThan(0);
    expect(ofKind(result.drafts, 'scan_report')).toHaveLength(1);
    for (const { title, text, severity, rule, tool } of findings) {
      expect(text.startsWith(`## ${title}\n\n- Rule: ${rule}\n- Severity: ${severity}\n`)).toBe(true);
      expect(tool).not.toBe('');
    }
    expect(new Set(keysOf(result.drafts)).size).toBe(result.drafts.length);
    const again = await read(report(name), { name: 'something.json' });
    expect(again.drafts).toEqual(result.drafts);
    const forced = await read(report(name), { reading: { format } });
    expect(forced.drafts.length).toBe(result.drafts.length);
  });

  test('name the line, the package and the number of what was found', async () => {
    const { drafts } = await read(report('bandit.json'));
    expect(ofKind(drafts, 'finding')[0]).toMatchObject({ place: expect.stringMatching(/main\.py:\d+$/) });
    const grype = await read(report('grype.json'));
    expect(ofKind(grype.drafts, 'finding')[0]).toMatchObject({
      package: 'lodash',
      packageVersion: expect.stringMatching(/^\d/),
    });
    expect(ofKind(grype.drafts, 'scan_report')[0]?.extra).toMatchObject({
      findings_indexed: ofKind(grype.drafts, 'finding').length,
    });
  });

  test('in the JSON of semgrep, opengrep, gitleaks, hadolint and syft', async () => {
    const semgrep = {
      version: '1.90.0',
      errors: [],
      paths: { scanned: ['a.py'] },
      results: [
        {
          check_id: 'python.lang.exec-use',
          path: 'src/a.py',
          start: { line: 3, col: 1 },
          end: { line: 4, col: 2 },
          extra: {
            message: `Do not, says ${NEEDLE}`,
            severity: 'ERROR',
            metadata: { cwe: ['CWE-95: x'] },
            lines: 'exec(x)',
          },
        },
      ],
    };
    const read1 = await read(JSON.stringify(semgrep));
    expect([read1.format, read1.drafts[0]]).toMatchObject([
      'semgrep',
      { title: 'exec use', severity: 'high', place: 'src/a.py:3', extra: { identifiers: 'CWE-95' } },
    ]);
    expect((await read(JSON.stringify(semgrep), { reading: { format: 'opengrep' } })).drafts[0]?.tool).toBe(
      'opengrep',
    );

    const gitleaks = [
      {
        ...{ RuleID: 'generic-api-key', Description: 'A key', File: 'conf.ini', StartLine: 7, EndLine: 7 },
        ...{
          Secret: 'abcdef123456xyz',
          Match: 'key=abcdef123456xyz',
          Author: 'Jane Doe',
          Email: 'jane@x.org',
        },
        ...{ Commit: 'f'.repeat(40), Message: 'add abcdef123456xyz' },
      },
    ];
    const leaks = await read(JSON.stringify(gitleaks));
    expect([leaks.format, leaks.drafts[0]?.place]).toEqual(['gitleaks', 'conf.ini:7']);
    expect(JSON.stringify(leaks.drafts)).not.toMatch(/abcdef123456|Jane|jane/);

    const hadolint = [
      { line: 1, code: 'DL3006', message: 'Tag it', column: 1, file: 'Dockerfile', level: 'warning' },
    ];
    const lint = await read(JSON.stringify(hadolint));
    expect([lint.format, lint.drafts[0]?.severity]).toEqual(['hadolint', 'medium']);

    const syft = {
      artifacts: [
        {
          name: 'zlib',
          version: '1.3',
          type: 'deb',
          licenses: [{ value: 'Zlib' }],
          purl: 'pkg:deb/debian/zlib@1.3',
        },
      ],
      source: { name: 'image' },
      descriptor: { name: 'syft', version: '1.0.0' },
    };
    const bill = await read(JSON.stringify(syft));
    expect([bill.format, bill.drafts.map(({ kind, title }) => [kind, title])]).toEqual([
      'syft',
      [
        ['package', 'zlib 1.3'],
        ['sbom_report', 'Syft SBOM of image'],
      ],
    ]);
  });
});

const sarif = (runs: unknown[]): string => JSON.stringify({ $schema: 'x', version: '2.1.0', runs });
const run = (tool: string, results: unknown): unknown => ({
  tool: { driver: { name: tool, version: '1.2.3.4', rules: [] } },
  results,
});
const result = (at: number) => ({
  ruleId: `R${at % 7}`,
  level: 'error',
  message: { text: `number ${at}` },
  locations: [
    { physicalLocation: { artifactLocation: { uri: `src/f${at % 50}.c` }, region: { startLine: at + 1 } } },
  ],
});

describe('SARIF', () => {
  test('has all of its runs, each with a report', async () => {
    const { drafts } = await read(
      sarif([run('one', [result(0), result(1)]), run('two', [result(2)]), run('none', [])]),
    );
    expect(drafts.map(({ kind, title }) => `${kind} ${title}`)).toEqual([
      ...['finding R0', 'finding R1', 'scan_report one 1.2.3.4: 2 findings'],
      ...['finding R2', 'scan_report two 1.2.3.4: 1 finding', 'scan_report none 1.2.3.4: 0 findings'],
    ]);
    expect(drafts[0]?.text).toBe('## R0\n\n- Rule: R0\n- Severity: high\n- Location: src/f0.c:1\n\nnumber 0');
  });

  test('with results that are none tells so and keeps the others', async () => {
    const { drafts, opaque } = await read(
      sarif([run('x', [null, 7, 'text', [], result(1), {}, { ruleId: 'only' }])]),
    );
    expect(ofKind(drafts, 'finding').map(({ rule }) => rule)).toEqual(['R1', 'only']);
    expect(opaque).toEqual(['damaged 5 results of run 1']);
    const broken = await read(sarif([run('x', { a: 1 }), 7]));
    expect(broken.opaque).toEqual(['damaged results of run 1', 'damaged run 2']);
  });

  test('that says the same twice says it twice', async () => {
    const { drafts } = await read(sarif([run('x', [result(1), result(1)])]));
    expect(new Set(keysOf(drafts)).size).toBe(3);
  });

  test('is masked in each of its fields', async () => {
    const planted = JSON.parse(
      JSON.stringify({
        ...{ ruleId: `r-N`, level: 'warning', message: { text: `to N`, markdown: 'N' } },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'src/N/a.c' },
              region: { startLine: 1, snippet: { text: 'mail = "N"' } },
            },
            logicalLocations: [{ fullyQualifiedName: 'N' }],
          },
        ],
        fixes: [{ description: { text: 'ask N' } }],
        properties: { package: 'N', version: 'N', tags: ['N'], purl: 'pkg:npm/N@1' },
        fingerprints: { N: 'N' },
      }).replaceAll('N', NEEDLE),
    );
    const tool = {
      driver: {
        name: `tool N`.replace('N', NEEDLE),
        version: NEEDLE,
        rules: [{ id: `r-${NEEDLE}`, shortDescription: { text: NEEDLE } }],
      },
    };
    const { drafts } = await read(sarif([{ tool, results: [planted, result(1)] }]), {
      name: `${NEEDLE}.sarif`,
    });
    expect(drafts).toHaveLength(3);
    expect(JSON.stringify(drafts)).not.toContain('needle');
  });

  test('of a hundred thousand results is read one by one', async () => {
    const results = Array.from({ length: 100_000 }, (_, at) => result(at));
    const { drafts, opaque } = await read(sarif([run('big', results)]), { maxDrafts: 100_001 });
    expect([drafts.length, opaque]).toEqual([100_001, []]);
    const bounded = await read(sarif([run('few', results.slice(0, 20))]), { maxDrafts: 10 });
    expect([bounded.drafts.length, bounded.opaque]).toEqual([10, ['too_large records']]);
  });

  test('is read in UTF-16 and with a mark as well, and not where it is cut off', async () => {
    const text = sarif([run('x', [result(1)])]);
    for (const bytes of [Buffer.from(`\uFEFF${text}`, 'utf16le'), Buffer.from(`\uFEFF${text}`)])
      expect((await read(bytes)).drafts).toHaveLength(2);
    const cut = await read(text.slice(0, -10), { reading: { format: 'sarif' } });
    expect([cut.drafts, cut.opaque]).toEqual([[], ['format_mismatch']]);
  });

  test('with its results elsewhere in it is read as well', async () => {
    const log = {
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'x' } }, results: [] }],
      inlineExternalProperties: [{ results: [result(1)] }],
    };
    expect(ofKind((await read(JSON.stringify(log))).drafts, 'finding')).toHaveLength(1);
  });
});

describe('a format that the caller names', () => {
  test('is one that is read here', () => {
    const told = ['auto', 'document', 'jsonpath', 'sarif', 'spdx', 'cyclonedx', 'syft', 'vex', 'intoto'];
    const known = new Set(READING_FORMATS.map(formatNamed));
    expect([...known].sort()).toEqual([...told, ...NATIVE_FORMATS].sort());
  });

  test.each(['sarif', 'spdx', 'cyclonedx', 'vex', 'intoto', 'trivy', 'bandit', 'jsonpath'])(
    'is not taken for another: %s',
    async (format) => {
      for (const text of ['{"a": 1}', 'plain words', '<a/>', '[]'])
        expect(await read(text, { reading: { format } })).toMatchObject({
          drafts: [],
          opaque: ['format_mismatch'],
        });
    },
  );

  test('is looked for in archives, of which nothing else is read', async () => {
    const log = sarif([run('x', [result(1)])]);
    const zip = zipOf([
      { name: 'a.sarif', body: log },
      { name: 'b.txt', body: 'text' },
    ]);
    const { drafts, opaque } = await read(zip, { reading: { format: 'sarif' } });
    expect(drafts.map(({ kind }) => kind)).toEqual(['finding', 'scan_report']);
    expect(opaque).toEqual(['format_mismatch b.txt']);
    expect((await read(gzipSync(log), { reading: { format: 'sarif' } })).drafts).toHaveLength(2);
  });

  test('as a document is a text whatever it holds', async () => {
    const { drafts } = await read(sarif([run('x', [result(1)])]), { reading: { format: 'document' } });
    expect(drafts[0]?.kind).toBe('document');
  });

  test('unknown JSON is a document', async () => {
    const { format, drafts } = await read('{"results": [], "version": "2.1.0", "runs": 7}');
    expect([format, drafts.map(({ kind }) => kind)]).toEqual(['json', ['document']]);
  });
});
