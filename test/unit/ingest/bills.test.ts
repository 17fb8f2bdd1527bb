import { describe, expect, test } from '@jest/globals';
import { writeCycloneDx } from '../../../domain/sbom/cyclonedx.ts';
import type { Material } from '../../../domain/sbom/material.ts';
import { writeSpdx } from '../../../domain/sbom/spdx.ts';
import { NEEDLE, ofKind, read } from './reading.ts';

const material = (name: string, license: string): Material => ({
  purl: `pkg:npm/${name}@1.0.0`,
  ...{ ecosystem: 'npm', name, version: '1.0.0', scope: 'runtime', isDirect: true, licenses: [license] },
  ...{ hashes: [], dependsOn: [], sources: ['package-lock.json'], ranges: [] },
});
const bill = {
  project: { name: 'shop', version: '2.0' },
  writer: '1.0.0',
  materials: [material('left-pad', 'MIT'), material('lodash', 'Apache-2.0')],
};

describe('bills of materials as we write them ourselves', () => {
  test.each([
    ['spdx', writeSpdx(bill, '2026-01-01T00:00:00Z'), 'SPDX SBOM of shop', 3],
    ['cyclonedx', writeCycloneDx(bill), 'CycloneDX SBOM of shop 2.0', 2],
  ])('are read: %s', async (format, text, title, count) => {
    const result = await read(text, { name: 'bom' });
    expect([result.format, result.opaque]).toEqual([format, []]);
    const packages = ofKind(result.drafts, 'package');
    expect(packages).toHaveLength(count);
    expect(packages).toContainEqual(
      expect.objectContaining({
        package: 'left-pad',
        packageVersion: '1.0.0',
        licenses: ['MIT'],
        title: 'left-pad 1.0.0',
      }),
    );
    expect(packages.at(-1)?.extra).toMatchObject({ purl: 'pkg:npm/lodash@1.0.0' });
    expect(ofKind(result.drafts, 'sbom_report')[0]).toMatchObject({
      title,
      extra: { packages_indexed: count },
    });
  });
});

const CYCLONEDX = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  metadata: {
    component: { name: 'app', type: 'application' },
    tools: { components: [{ name: 'syft', version: '1.0' }] },
    authors: [{ name: 'Jane', email: NEEDLE }],
  },
  components: [
    {
      ...{ 'bom-ref': 'a', type: 'library', group: '@scope', name: 'outer', version: '1', author: NEEDLE },
      licenses: [{ license: { id: 'MIT' } }, { expression: 'Apache-2.0 OR MIT' }],
      description: `written by ${NEEDLE}`,
      supplier: { name: NEEDLE, contact: [{ email: NEEDLE }] },
      externalReferences: [{ type: 'website', url: `https://x.org/${NEEDLE}` }],
      components: [{ 'bom-ref': 'b', name: 'inner', version: '10.0.0.1' }, null],
    },
  ],
  vulnerabilities: [
    {
      ...{
        id: 'CVE-2024-1',
        ratings: [{ score: 9.8, severity: 'critical' }],
        cwes: [79],
        description: `ask ${NEEDLE}`,
      },
      ...{
        analysis: { state: 'not_affected', justification: 'code_not_reachable', detail: NEEDLE },
        affects: [{ ref: 'b' }],
      },
    },
  ],
};

const XML = `<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6" serialNumber="urn:uuid:1">
 <metadata><tools><tool><name>maven</name><version>2</version></tool></tools><component type="application"><name>app</name></component></metadata>
 <components>
  <component type="library" bom-ref="a"><group>org.x</group><name>outer</name><version>1</version>
   <licenses><license><id>MIT</id></license><expression>Apache-2.0</expression></licenses>
   <purl>pkg:maven/org.x/outer@1</purl>
   <components><component type="library" bom-ref="b"><name>inner</name><version>10.0.0.1</version></component></components>
  </component>
 </components>
 <vulnerabilities><vulnerability><id>CVE-2024-1</id><ratings><rating><score>9.8</score><severity>critical</severity></rating></ratings>
  <description>bad &amp; worse</description><analysis><state>not_affected</state></analysis>
  <affects><target><ref>b</ref></target></affects></vulnerability></vulnerabilities>
</bom>`;

describe('CycloneDX', () => {
  test('in JSON tells what lies in components, what is known of them and how it was judged', async () => {
    const { drafts, opaque } = await read(JSON.stringify(CYCLONEDX));
    expect(drafts.map(({ kind, title }) => [kind, title])).toEqual([
      ['package', '@scope/outer 1'],
      ['package', 'inner 10.0.0.1'],
      ['finding', 'CVE-2024-1 in inner'],
      ['sbom_report', 'CycloneDX SBOM of app'],
    ]);
    expect(drafts[0]?.licenses).toEqual(['MIT', 'Apache-2.0 OR MIT']);
    expect(drafts[2]).toMatchObject({
      severity: 'critical',
      package: 'inner',
      extra: { vex_status: 'not_affected' },
    });
    expect(opaque).toEqual(['damaged components']);
    expect(JSON.stringify(drafts)).not.toMatch(/needle|Jane/);
  });

  test.each(['1.2', '1.3', '1.4', '1.5', '1.6'])(
    'in XML of version %s is read as its JSON is',
    async (version) => {
      const { format, mediaType, drafts, opaque } = await read(XML.replace('bom/1.6', `bom/${version}`), {
        name: 'bom.xml',
      });
      expect([format, mediaType, opaque]).toEqual(['cyclonedx', 'application/vnd.cyclonedx+xml', []]);
      expect(drafts.map(({ kind, title }) => [kind, title])).toEqual([
        ['package', 'org.x.outer 1'],
        ['package', 'inner 10.0.0.1'],
        ['finding', 'CVE-2024-1 in inner'],
        ['sbom_report', 'CycloneDX SBOM of app'],
      ]);
      expect(drafts[0]).toMatchObject({ licenses: ['MIT', 'Apache-2.0'] });
      expect(drafts[3]?.text).toContain('maven 2');
    },
  );

  test('in XML that is broken, or declares entities, is no bill', async () => {
    const cut = await read(XML.slice(0, 700), { name: 'bom.xml', reading: { format: 'cyclonedx' } });
    expect([cut.drafts, cut.opaque]).toEqual([[], ['format_mismatch']]);
    const declared = XML.replace(
      '<bom',
      '<!DOCTYPE bom [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<bom',
    ).replace('bad', '&x;');
    const { drafts } = await read(declared, { name: 'bom.xml' });
    expect(JSON.stringify(drafts)).not.toContain('root:');
  });
});

const TAG_VALUE = `SPDXVersion: SPDX-2.2
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: hello
DocumentNamespace: https://example.org/hello
Creator: Person: Jane Doe (${NEEDLE})
Creator: Tool: tool-1
Created: 2026-01-01T00:00:00Z

PackageName: glibc
SPDXID: SPDXRef-1
PackageVersion: 2.11.1
PackageSupplier: Person: Jane Doe (${NEEDLE})
PackageLicenseConcluded: LGPL-2.0-only
PackageLicenseDeclared: NOASSERTION
PackageChecksum: SHA1: 85ed0817af83a24ad8da68c2b5094de69833983c
ExternalRef: PACKAGE-MANAGER purl pkg:generic/glibc@2.11.1
PackageDescription: <text>The C library.
PackageName: not one
Ask ${NEEDLE}.</text>

FileName: ./a.c
PackageName: second
PackageVersion: 1.0
`;

describe('SPDX', () => {
  test('in tags and values tells its packages, and no person', async () => {
    const { format, mediaType, drafts } = await read(TAG_VALUE, { name: 'a.spdx' });
    expect([format, mediaType]).toEqual(['spdx', 'text/spdx']);
    expect(drafts.map(({ title }) => title)).toEqual(['glibc 2.11.1', 'second 1.0', 'SPDX SBOM of hello']);
    expect(drafts[0]).toMatchObject({
      licenses: ['LGPL-2.0-only'],
      extra: { supplier: '[PERSON]', purl: 'pkg:generic/glibc@2.11.1' },
    });
    expect(drafts[0]?.text).toContain('The C library.');
    expect(JSON.stringify(drafts)).not.toMatch(/Jane|needle/);
  });

  test('in YAML is read like JSON', async () => {
    const yaml = `spdxVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\nname: hello\npackages:\n- name: glibc\n  versionInfo: 2.11.1\n  licenseConcluded: MIT\n`;
    const { format, drafts } = await read(yaml, { name: 'a.spdx.yaml' });
    expect([format, drafts.map(({ title }) => title)]).toEqual([
      'spdx',
      ['glibc 2.11.1', 'SPDX SBOM of hello'],
    ]);
  });

  test('of version 3 finds licences and suppliers in its graph', async () => {
    const graph = {
      '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
      '@graph': [
        { type: 'CreationInfo', '@id': '_:c', specVersion: '3.0.1', created: '2026-01-01T00:00:00Z' },
        { type: 'Person', spdxId: 'urn:p', name: 'Jane Doe' },
        { type: 'Organization', spdxId: 'urn:o', name: 'ACME' },
        { type: 'SpdxDocument', spdxId: 'urn:d', name: 'doc' },
        {
          type: 'software_Package',
          spdxId: 'urn:1',
          name: 'one',
          software_packageVersion: '1.0',
          suppliedBy: 'urn:p',
          software_packageUrl: 'pkg:npm/one@1.0',
        },
        { type: 'software_Package', spdxId: 'urn:2', name: 'two', suppliedBy: 'urn:o' },
        {
          type: 'simplelicensing_LicenseExpression',
          spdxId: 'urn:l',
          simplelicensing_licenseExpression: 'MIT AND Zlib',
        },
        {
          type: 'Relationship',
          spdxId: 'urn:r',
          from: 'urn:1',
          relationshipType: 'hasDeclaredLicense',
          to: ['urn:l', 'https://spdx.org/licenses/MIT'],
        },
      ],
    };
    const { format, drafts } = await read(JSON.stringify(graph));
    expect([format, drafts.map(({ title }) => title)]).toEqual([
      'spdx',
      ['one 1.0', 'two', 'SPDX SBOM of doc'],
    ]);
    expect(drafts[0]).toMatchObject({ licenses: ['MIT AND Zlib', 'MIT'], extra: { supplier: '[PERSON]' } });
    expect(drafts[1]).toMatchObject({ extra: { supplier: 'ACME' } });
    expect(JSON.stringify(drafts)).not.toContain('Jane');
  });
});
