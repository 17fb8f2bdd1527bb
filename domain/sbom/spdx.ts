import { createHash } from 'node:crypto';
import type { Project } from '../components/component.ts';
import { sha256 } from '../custody/digest.ts';
import { licenseExpression } from '../licenses/expression.ts';
import type { BillOfMaterials, Material } from './material.ts';

type Relationship = {
  readonly spdxElementId: string;
  readonly relationshipType: 'DESCRIBES' | 'CONTAINS' | 'DEPENDS_ON' | 'DEV_DEPENDENCY_OF';
  readonly relatedSpdxElement: string;
};

/** SPDX 2.3 in JSON. The same bill gives the same document, apart from when it was made. */
export function writeSpdx(bill: BillOfMaterials, created: string): string {
  const packages = [projectPackage(bill.project), ...bill.materials.map(packageOf)];
  const relationships = relationshipsOf(bill);
  const digest = createHash('sha256')
    .update(JSON.stringify([bill.writer, packages, relationships]))
    .digest('hex');
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: DOCUMENT,
    name: bill.project.name,
    documentNamespace: `https://certus.dev/spdx/${digest}`,
    creationInfo: { created, creators: [`Tool: certus-${bill.writer}`] },
    packages,
    relationships,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const DOCUMENT = 'SPDXRef-DOCUMENT';
const PROJECT = 'SPDXRef-Project';
const NOT_SAID = 'NOASSERTION';

const projectPackage = ({ name, version }: Project) => ({
  SPDXID: PROJECT,
  name,
  ...(version === null ? {} : { versionInfo: version }),
  ...UNSAID,
  licenseDeclared: NOT_SAID,
  primaryPackagePurpose: 'APPLICATION',
});

const UNSAID = {
  downloadLocation: NOT_SAID,
  filesAnalyzed: false,
  licenseConcluded: NOT_SAID,
  copyrightText: NOT_SAID,
};

function packageOf(material: Material) {
  const declared = licenseExpression(material.licenses);
  // A licence of somebody's own would need its text in the document.
  const expression = declared?.includes('LicenseRef-') ? null : declared;
  const words = material.licenses.join('; ');
  const { ranges, hashes, sources } = material;
  return {
    SPDXID: idOf(material.purl),
    name: material.name,
    ...(material.version === null ? {} : { versionInfo: material.version }),
    ...UNSAID,
    licenseDeclared: expression ?? NOT_SAID,
    ...(expression === null && words !== '' ? { licenseComments: `Declared as: ${words}` } : {}),
    ...(hashes.length === 0 ? {} : { checksums: hashes.map(checksum) }),
    externalRefs: [
      { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: material.purl },
    ],
    sourceInfo: `named in ${sources.join(', ')}`,
    ...(ranges.length === 0 ? {} : { comment: `declared range: ${ranges.join(', ')}` }),
  };
}

const checksum = ({ algorithm, hex }: Material['hashes'][number]) => ({
  algorithm: algorithm.replace('-', ''),
  checksumValue: hex,
});

/** What the project asks for it depends on; whatever else is named it contains. */
function relationshipsOf({ materials }: BillOfMaterials): Relationship[] {
  const known = new Set(materials.map(({ purl }) => purl));
  const relate = (from: string, type: Relationship['relationshipType'], to: string): Relationship => ({
    spdxElementId: from,
    relationshipType: type,
    relatedSpdxElement: to,
  });
  const byProject = materials.map(({ purl, isDirect, scope }) => {
    if (isDirect && scope === 'dev') return relate(idOf(purl), 'DEV_DEPENDENCY_OF', PROJECT);
    return relate(PROJECT, isDirect ? 'DEPENDS_ON' : 'CONTAINS', idOf(purl));
  });
  const among = materials.flatMap(({ purl, dependsOn }) =>
    dependsOn.filter((need) => known.has(need)).map((need) => relate(idOf(purl), 'DEPENDS_ON', idOf(need))),
  );
  return [relate(DOCUMENT, 'DESCRIBES', PROJECT), ...byProject, ...among];
}

/** Letters, digits, dots and hyphens are all an id may have; the digest keeps apart what then looks alike. */
function idOf(purl: string): string {
  const digest = sha256(purl).slice(0, 16);
  return `SPDXRef-Package-${purl
    .replace(/^pkg:/, '')
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .slice(0, 100)}-${digest}`;
}
