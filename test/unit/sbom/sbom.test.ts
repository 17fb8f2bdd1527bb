import { describe, expect, test } from '@jest/globals';
import { scanSbom } from '../../../activities/scan/built-in/sbom.ts';
import { BundlePath } from '../../../contracts/bundle.ts';
import type { Component } from '../../../domain/components/component.ts';
import { writeCycloneDx } from '../../../domain/sbom/cyclonedx.ts';
import { billOfMaterials } from '../../../domain/sbom/material.ts';
import { writeSpdx } from '../../../domain/sbom/spdx.ts';
import { fixture } from '../components/bills.ts';
import { cycloneDxFaults } from './schemas.ts';

const NOW = '2026-02-03T04:05:06.789Z';
const documentsOf = async (name: string, now = NOW) => {
  const { documents } = await scanSbom({ ...fixture(name), now });
  const [cyclonedx, spdx] = documents.map(({ text }) => text) as [string, string];
  return { cyclonedx, spdx, documents };
};

const component = (more: Partial<Component>): Component => ({
  ...{ ecosystem: 'npm', release: null, name: 'a', version: '1.0.0', range: null, purl: 'pkg:npm/a@1.0.0' },
  ...{ path: 'package-lock.json', line: 3, scope: 'runtime', direct: true, licenses: [], hashes: [] },
  ...{ dependsOn: [], origin: null },
  ...more,
});
const bill = (...components: Component[]) =>
  billOfMaterials(components, { name: 'p', version: '1' }, '0.1.0');
const cyclonedx = (...components: Component[]) => JSON.parse(writeCycloneDx(bill(...components)));
const spdx = (...components: Component[]) =>
  JSON.parse(writeSpdx(bill(...components), '2026-01-01T00:00:00Z'));

describe('both documents', () => {
  const NAMES = ['npm-v3', 'pnpm-v9', 'composer', 'requirements', 'go', 'maven', 'debian', 'alpine', 'uv'];

  test.each(NAMES)('of %s are valid, and name every package once', async (name) => {
    const written = await documentsOf(name);
    const bom = JSON.parse(written.cyclonedx);
    expect(cycloneDxFaults(bom)).toEqual([]);
    const purls = bom.components.map(({ purl }: { purl: string }) => purl);
    expect(new Set(purls).size).toBe(purls.length);
    const packages = JSON.parse(written.spdx).packages.slice(1);
    expect(
      packages.map(
        (one: { externalRefs: { referenceLocator: string }[] }) => one.externalRefs[0]?.referenceLocator,
      ),
    ).toEqual([...purls].sort());
  });

  test('are the same for the same source, but for the time it was said to be', async () => {
    const [first, second] = [
      await documentsOf('npm-v3'),
      await documentsOf('npm-v3', '2027-01-01T00:00:00Z'),
    ];
    expect(second.cyclonedx).toBe(first.cyclonedx);
    expect(second.spdx.replace('2027-01-01T00:00:00Z', '2026-02-03T04:05:06Z')).toBe(first.spdx);
    const other = await documentsOf('npm-v1');
    expect(JSON.parse(other.cyclonedx).serialNumber).not.toBe(JSON.parse(first.cyclonedx).serialNumber);
    expect(JSON.parse(other.spdx).documentNamespace).not.toBe(JSON.parse(first.spdx).documentNamespace);
  });

  test('do not depend on the order in which files were read', () => {
    const [a, b] = [
      component({}),
      component({ name: 'b', purl: 'pkg:npm/b@1.0.0', dependsOn: ['pkg:npm/a@1.0.0'] }),
    ];
    expect(writeCycloneDx(bill(a, b))).toBe(writeCycloneDx(bill(b, a)));
    expect(writeSpdx(bill(a, b), NOW)).toBe(writeSpdx(bill(b, a), NOW));
  });

  test('lie where the bundle has them', async () => {
    const { documents } = await documentsOf('npm-v3');
    for (const { path } of documents) expect(BundlePath.safeParse(path).success).toBe(true);
    expect(documents.map(({ mediaType }) => mediaType)).toEqual([
      'application/vnd.cyclonedx+json',
      'application/spdx+json',
    ]);
  });
});

test('the check by the schema would see a fault', async () => {
  const bom = JSON.parse((await documentsOf('npm-v3')).cyclonedx);
  bom.components[0].licenses = [{ license: { id: 'No-Such-Licence' } }];
  expect(cycloneDxFaults(bom)).not.toEqual([]);
});

describe('CycloneDX', () => {
  test('tells graph, scope, group, source and tool', async () => {
    const bom = JSON.parse((await documentsOf('npm-v3')).cyclonedx);
    const util = 'pkg:npm/%40scope/util@2.1.0';
    expect(bom.metadata).toMatchObject({
      tools: { components: [{ name: 'certus' }] },
      component: { name: 'shop', version: '1.2.0' },
    });
    expect(bom.components.find((one: { purl: string }) => one.purl === util)).toMatchObject({
      ...{ group: '@scope', name: 'util', version: '2.1.0', scope: 'required' },
      properties: [{ name: 'certus:source', value: 'package-lock.json:20' }],
    });
    expect(bom.components.find((one: { name: string }) => one.name === 'minimist').scope).toBe('excluded');
    expect(bom.dependencies).toContainEqual({ ref: util, dependsOn: ['pkg:npm/lodash@3.9.0'] });
    expect(bom.dependencies.find((one: { ref: string }) => one.ref === 'project').dependsOn).toHaveLength(4);
  });

  test.each([
    [['MIT'], [{ license: { id: 'MIT' } }]],
    [['MIT', 'ISC'], [{ expression: 'MIT OR ISC' }]],
    [['MIT AND ISC', 'BSD-3-Clause'], [{ expression: '(MIT AND ISC) OR BSD-3-Clause' }]],
    [['Apache Two'], [{ license: { name: 'Apache Two' } }]],
    [[], undefined],
  ])('tells the licence %j', (licenses, told) => {
    const bom = cyclonedx(component({ licenses }));
    expect(bom.components[0].licenses).toEqual(told);
    expect(cycloneDxFaults(bom)).toEqual([]);
  });
});

describe('SPDX', () => {
  test('relates the document, the project and its packages', () => {
    const document = spdx(
      component({ dependsOn: ['pkg:npm/b@1.0.0', 'pkg:npm/not-there@1.0.0'] }),
      component({ name: 'b', purl: 'pkg:npm/b@1.0.0', direct: false }),
      component({ name: 'c', purl: 'pkg:npm/c@1.0.0', scope: 'dev' }),
    );
    const names = new Map(
      document.packages.map((one: { SPDXID: string; name: string }) => [one.SPDXID, one.name]),
    );
    const told = document.relationships.map(
      (one: Record<string, string>) =>
        `${names.get(one.spdxElementId) ?? 'document'} ${one.relationshipType} ${names.get(one.relatedSpdxElement)}`,
    );
    expect(told).toEqual([
      'document DESCRIBES p',
      'p DEPENDS_ON a',
      'p CONTAINS b',
      'c DEV_DEPENDENCY_OF p',
      'a DEPENDS_ON b',
    ]);
  });

  test('has ids that are allowed and differ, also where names look alike', () => {
    const purls = ['pkg:npm/%40a/b@1.0.0', 'pkg:npm/a-b@1.0.0', `pkg:npm/${'x'.repeat(400)}@1.0.0`];
    const { packages } = spdx(...purls.map((purl) => component({ purl })));
    const ids = packages.map(({ SPDXID }: { SPDXID: string }) => SPDXID);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^SPDXRef-[A-Za-z0-9.-]+$/);
  });

  test.each([
    [['MIT'], 'MIT', undefined],
    [['Apache Two'], 'NOASSERTION', 'Declared as: Apache Two'],
    [['LicenseRef-own'], 'NOASSERTION', 'Declared as: LicenseRef-own'],
    [[], 'NOASSERTION', undefined],
  ])('asserts the licence %j only where it is one', (licenses, declared, comment) => {
    const { licenseDeclared, licenseComments } = spdx(component({ licenses })).packages[1];
    expect([licenseDeclared, licenseComments]).toEqual([declared, comment]);
  });
});

test('of files for several platforms no digest passes for the digest of the package', () => {
  const one = { algorithm: 'SHA-256', hex: 'a'.repeat(64) } as const;
  const other = { algorithm: 'SHA-256', hex: 'b'.repeat(64) } as const;
  expect(cyclonedx(component({ hashes: [one] })).components[0].hashes).toHaveLength(1);
  expect(cyclonedx(component({ hashes: [one, other] })).components[0].hashes).toBeUndefined();
});

test('a package that several files name is one, needed when any of them needs it', () => {
  const bom = cyclonedx(
    component({ scope: 'dev', path: 'a/package-lock.json' }),
    component({ path: 'b/package-lock.json', licenses: ['MIT'] }),
  );
  expect(bom.components).toHaveLength(1);
  expect(bom.components[0]).toMatchObject({ scope: 'required', licenses: [{ license: { id: 'MIT' } }] });
  expect(bom.components[0].properties).toHaveLength(2);
});
