import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';
import { sha256 } from '../custody/digest.ts';
import { licenseExpression } from '../licenses/expression.ts';
import type { BillOfMaterials, Material } from './material.ts';

/** CycloneDX 1.6 in JSON. It tells no time, and its serial number comes from its content: the same bill, the same bytes. */
export function writeCycloneDx(bill: BillOfMaterials): string {
  const { project, writer, materials } = bill;
  const root = new Models.Component(Enums.ComponentType.Application, project.name, {
    bomRef: 'project',
    ...(project.version === null ? {} : { version: project.version }),
  });
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: root }) });
  bom.metadata.tools.components.add(
    new Models.Component(Enums.ComponentType.Application, 'certus', { version: writer }),
  );
  const components = new Map(materials.map((material) => [material.purl, componentOf(material)]));
  for (const [at, component] of [...components.values()].entries()) {
    const { dependsOn, isDirect } = materials[at] as Material;
    for (const purl of dependsOn) {
      const needed = components.get(purl);
      if (needed !== undefined) component.dependencies.add(needed.bomRef);
    }
    if (isDirect) root.dependencies.add(component.bomRef);
    bom.components.add(component);
  }
  bom.serialNumber = serialNumber(serialize(bom));
  return serialize(bom);
}

function serialize(bom: Models.Bom): string {
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

/** A UUID of the kind for which the maker chooses the bits. */
function serialNumber(content: string): string {
  const hex = sha256(content);
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
  ];
  return `urn:uuid:${parts.join('-')}-${hex.slice(20, 32)}`;
}

function componentOf(material: Material): Models.Component {
  const { namespace, name } = PackageURL.fromString(material.purl);
  const component = new Models.Component(Enums.ComponentType.Library, name ?? material.name, {
    bomRef: material.purl,
    purl: material.purl,
    ...(namespace ? { group: namespace } : {}),
    ...(material.version === null ? {} : { version: material.version }),
    scope: material.scope === 'dev' ? Enums.ComponentScope.Excluded : Enums.ComponentScope.Required,
  });
  for (const { algorithm, hex } of material.hashes)
    component.hashes.set(algorithm as Enums.HashAlgorithm, hex);
  for (const license of licensesOf(material)) component.licenses.add(license);
  for (const source of material.sources)
    component.properties.add(new Models.Property('certus:source', source));
  for (const range of material.ranges)
    component.properties.add(new Models.Property('certus:declared-range', range));
  return component;
}

function licensesOf({ licenses }: Material): Models.License[] {
  const expression = licenseExpression(licenses);
  if (expression === null) return licenses.filter(Boolean).map((name) => new Models.NamedLicense(name));
  return /^[A-Za-z0-9.-]+$/.test(expression)
    ? [new Models.SpdxLicense(expression)]
    : [new Models.LicenseExpression(expression)];
}
