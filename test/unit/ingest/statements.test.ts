import { describe, expect, test } from '@jest/globals';
import { SchemaMapping } from '../../../contracts/ingestion.ts';
import { mappingFaults } from '../../../domain/ingest/security/mapping-faults.ts';
import { NEEDLE, ofKind, read } from './reading.ts';

const OPENVEX = {
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://x.org/vex/1',
  author: NEEDLE,
  timestamp: '2026-01-01T00:00:00Z',
  version: 1,
  statements: [
    {
      vulnerability: { name: 'CVE-2024-1', aliases: ['GHSA-2222-3333-4444'] },
      products: [
        { '@id': 'pkg:oci/app', subcomponents: [{ '@id': 'pkg:npm/lodash@4.17.0' }] },
        { '@id': 'pkg:oci/other' },
      ],
      ...{
        status: 'not_affected',
        justification: 'component_not_present',
        impact_statement: `says ${NEEDLE}`,
      },
    },
    { vulnerability: 'CVE-2024-2', products: ['pkg:x/y'], status: 'affected' },
    { status: 'fixed' },
  ],
};

const CSAF = {
  document: {
    csaf_version: '2.0',
    category: 'csaf_vex',
    title: `About ${NEEDLE}`,
    publisher: { name: 'ACME' },
    tracking: { id: 'A-1' },
  },
  product_tree: { branches: [{ branches: [{ product: { product_id: 'P1', name: 'Shop 1.0' } }] }] },
  vulnerabilities: [
    {
      cve: 'CVE-2024-3',
      scores: [{ cvss_v3: { baseScore: 8.1 } }],
      product_status: { known_not_affected: ['P1'], fixed: ['P2'] },
      flags: [{ label: 'vulnerable_code_not_present' }],
      notes: [{ text: `from ${NEEDLE}` }],
    },
  ],
};

describe('VEX', () => {
  test('as OpenVEX says of each product what holds for it', async () => {
    const { format, drafts, opaque } = await read(JSON.stringify(OPENVEX));
    expect([format, opaque]).toEqual(['vex', ['damaged statements']]);
    const findings = ofKind(drafts, 'finding');
    expect(findings.map(({ title, package: held }) => [title, held])).toEqual([
      ['CVE-2024-1: not affected', 'pkg:npm/lodash@4.17.0'],
      ['CVE-2024-1: not affected', 'pkg:oci/other'],
      ['CVE-2024-2: affected', 'pkg:x/y'],
    ]);
    expect(findings[0]).toMatchObject({
      rule: 'CVE-2024-1',
      extra: { vex_status: 'not_affected', vex_justification: 'component_not_present' },
    });
    expect(JSON.stringify(drafts)).not.toContain('needle');
  });

  test('as CSAF names products by what they are called', async () => {
    const { format, drafts } = await read(JSON.stringify(CSAF));
    expect(format).toBe('vex');
    expect(
      ofKind(drafts, 'finding').map(({ title, package: held, severity }) => [title, held, severity]),
    ).toEqual([
      ['CVE-2024-3: known not affected', 'Shop 1.0', 'high'],
      ['CVE-2024-3: fixed', 'P2', 'high'],
    ]);
    expect(JSON.stringify(drafts)).not.toContain('needle');
  });
});

const statement = (predicateType: string, predicate: unknown) => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'app.tar', digest: { sha256: 'a'.repeat(64) } }],
  ...{ predicateType, predicate },
});
const envelope = (payload: unknown) => ({
  payloadType: 'application/vnd.in-toto+json',
  payload: Buffer.from(JSON.stringify(payload)).toString('base64'),
  signatures: [{ sig: 'AAAA' }],
});
const bundle = (dsseEnvelope: unknown) => ({
  mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
  verificationMaterial: {},
  dsseEnvelope,
});
const provenance = statement('https://slsa.dev/provenance/v1', {
  buildDefinition: {
    resolvedDependencies: [{ uri: `git+https://x.org/${NEEDLE}`, digest: { gitCommit: 'b'.repeat(40) } }],
  },
  runDetails: { builder: { id: 'https://builder.example' } },
});

describe('attestations', () => {
  test.each([
    ['a statement', provenance, false],
    ['an envelope', envelope(provenance), true],
    ['a Sigstore bundle', bundle(envelope(provenance)), true],
  ])('are unpacked from %s', async (_, value, signed) => {
    const { format, drafts, opaque } = await read(JSON.stringify(value));
    expect([format, opaque]).toEqual(['intoto', []]);
    const [draft] = drafts;
    expect(draft).toMatchObject({
      kind: 'document',
      extra: { signed, predicate_type: 'https://slsa.dev/provenance/v1', subjects: 1 },
    });
    expect(draft?.title).toContain('Attestation slsa.dev/provenance/v1 of app.tar');
    for (const word of ['a'.repeat(64), 'b'.repeat(40), 'https://builder.example'])
      expect(JSON.stringify(drafts)).toContain(word);
    expect(JSON.stringify(drafts)).not.toContain('needle');
  });

  test('that carry a bill or a VEX document are read as those, too', async () => {
    const vex = await read(JSON.stringify(bundle(envelope(statement('https://openvex.dev/ns', OPENVEX)))));
    expect(vex.drafts.map(({ kind }) => kind)).toEqual([
      'document',
      'finding',
      'finding',
      'finding',
      'scan_report',
    ]);
    const bom = { bomFormat: 'CycloneDX', specVersion: '1.5', components: [{ name: 'x' }] };
    const { drafts } = await read(JSON.stringify(statement('https://cyclonedx.org/bom', bom)));
    expect(drafts.map(({ kind }) => kind)).toEqual(['document', 'package', 'sbom_report']);
  });

  test('in each other without end, or with a payload that is none, are told', async () => {
    let nested: unknown = { a: 1 };
    for (let at = 0; at < 10; at += 1) nested = envelope(nested);
    expect((await read(JSON.stringify(nested))).opaque).toEqual(['too_deep predicate']);
    const broken = { ...envelope({}), payload: '!!!!' };
    expect((await read(JSON.stringify(broken))).opaque).toEqual(['damaged payload']);
  });
});

const schema = (more: Record<string, unknown> = {}, format: Record<string, unknown> = {}) => ({
  tool_name: 'mine',
  format: {
    findings_path: '$.issues[*]',
    metadata: { tool_version: '$.about.version', owner: '$.about.owner' },
    mapping: {
      id: '$.code',
      title: 'what.short',
      severity: '@.level',
      file_path: '$.at.file',
      line_start: '$.at.line',
      description: '$.text',
      ...more,
    },
    severity_map: { P1: 'critical' },
    ...format,
  },
});
const faultsOf = (...changes: Parameters<typeof schema>) =>
  mappingFaults(SchemaMapping.parse(schema(...changes)));
const MINE = {
  about: { version: '7.1', owner: NEEDLE },
  issues: [
    {
      code: 'X1',
      what: { short: `Bad ${NEEDLE}` },
      level: 'p1',
      at: { file: 'a/b.c', line: 12 },
      text: 'long',
    },
    { code: 'X2', what: {}, at: null },
    7,
  ],
};

describe('a mapping', () => {
  test('reads any tool by where its fields are', async () => {
    const { format, drafts, opaque } = await read(JSON.stringify(MINE), { reading: { schema: schema() } });
    expect([format, opaque]).toEqual(['jsonpath', []]);
    expect(drafts[0]).toMatchObject({
      ...{ kind: 'finding', tool: 'mine', rule: 'X1', title: 'Bad [EMAIL_ADDRESS]', severity: 'critical' },
      place: 'a/b.c:12',
    });
    expect(drafts.at(-1)).toMatchObject({ kind: 'scan_report', title: 'mine 7.1: 3 findings' });
    expect(JSON.stringify(drafts)).not.toContain('needle');
  });

  test('of other documents does not fit, and says so only where it was asked for', async () => {
    const asked = await read('{"a": 1}', { reading: { schema: schema(), format: 'jsonpath' } });
    expect(asked.opaque).toEqual(['format_mismatch']);
    expect((await read('{"a": 1}', { reading: { schema: schema() } })).format).toBe('json');
    const none = await read('{"issues": []}', { reading: { schema: schema(), format: 'jsonpath' } });
    expect(none.drafts.map(({ title }) => title)).toEqual(['mine: 0 findings']);
  });

  test('whose paths would keep it busy is no mapping', () => {
    const fault = (findings_path: string) => faultsOf({}, { findings_path })[0]?.message;
    expect(fault('$.issues[*]')).toBeUndefined();
    expect(fault('$.issues[?@.level == "p1"]')).toBeUndefined();
    expect(fault('$..a..b')).toContain('more than once');
    expect(fault('$[?match(@.a, "(a+)+")]')).toContain('no JSONPath');
    expect(fault('$[')).toContain('no JSONPath');
    expect(fault(' ')).toContain('empty');
  });

  test('is told which of its paths are none', () => {
    expect(faultsOf({ title: '$[', severity: '$.level' }, { metadata: { version: '$..a..b' } })).toEqual([
      { path: 'format.metadata.version', message: expect.stringContaining('more than once') },
      { path: 'format.mapping.title', message: expect.stringContaining('no JSONPath') },
    ]);
  });
});
