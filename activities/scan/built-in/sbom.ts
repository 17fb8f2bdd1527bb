import { BUNDLE } from '../../../contracts/bundle.ts';
import { writeCycloneDx } from '../../../domain/sbom/cyclonedx.ts';
import { billOfMaterials } from '../../../domain/sbom/material.ts';
import { writeSpdx } from '../../../domain/sbom/spdx.ts';
import { certusVersion } from '../../../services/config/version.ts';
import type { BuiltInScanner } from './built-in-tool.ts';
import { readComponents } from './components.ts';

/** Writes down what the source is made of, in both formats that others read. */
export const scanSbom: BuiltInScanner = async (context) => {
  const { components, notices, project } = await readComponents(context);
  const version = certusVersion();
  const bill = billOfMaterials(components, project, version);
  const created = (context.now ?? new Date().toISOString()).replace(/\.\d+Z$/, 'Z');
  const documents = [
    { path: BUNDLE.cyclonedx, mediaType: 'application/vnd.cyclonedx+json', text: writeCycloneDx(bill) },
    { path: BUNDLE.spdx, mediaType: 'application/spdx+json', text: writeSpdx(bill, created) },
  ];
  return { version, drafts: [], notices, documents, data: null };
};
