import { describe, expect, test } from '@jest/globals';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../../contracts/statements.ts';
import { layerType } from '../../../services/registry/layer-type.ts';

const JSON_TYPE = 'application/json';
const of = (path: string, mediaType = JSON_TYPE, head?: string) =>
  layerType({ path, mediaType, head: head === undefined ? undefined : Buffer.from(head) });

describe('a layer is of the type', () => {
  test.each([
    ['findings.sarif', 'application/sarif+json'],
    ['reports/gitleaks.sarif.json', 'application/sarif+json'],
    ['reports/GITLEAKS.SARIF', 'application/sarif+json'],
    ['sbom/bom.cdx.json', 'application/vnd.cyclonedx+json'],
    ['sbom/bom.spdx.json', 'application/spdx+json'],
    ['vex.openvex.json', 'application/openvex+json'],
    ['statements/permit.sigstore.json', SIGSTORE_BUNDLE_MEDIA_TYPE],
    ['attestation.intoto.json', 'application/vnd.in-toto+json'],
    ['events.jsonl', 'application/jsonl'],
    ['bundle.json', JSON_TYPE],
    ['sarif', JSON_TYPE],
    ['my.sarif.txt.json', JSON_TYPE],
  ])('that its name tells: %s', (path, type) => {
    expect(of(path)).toBe(type);
  });

  test.each([
    ['{"bomFormat": "CycloneDX","specVersion":"1.6"}', 'application/vnd.cyclonedx+json'],
    ['{\n  "spdxVersion": "SPDX-2.3"', 'application/spdx+json'],
    ['{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld"', 'application/spdx+json'],
    ['{"$schema":"https://json.schemastore.org/sarif-2.1.0.json"', 'application/sarif+json'],
    ['{"@context":"https://openvex.dev/ns/v0.2.0"', 'application/openvex+json'],
    ['{"_type":"https://in-toto.io/Statement/v1"', 'application/vnd.in-toto+json'],
    ['{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"', SIGSTORE_BUNDLE_MEDIA_TYPE],
    ['{"a":"bomFormat is CycloneDX"}', JSON_TYPE],
    ['', JSON_TYPE],
  ])('that it begins with: %s', (head, type) => {
    expect(of('reports/output.json', JSON_TYPE, head)).toBe(type);
  });

  test('that it begins with, in XML', () => {
    const bom = '<?xml version="1.0"?>\n<bom xmlns="http://cyclonedx.org/schema/bom/1.6">';
    expect(of('reports/bom', 'application/xml', bom)).toBe('application/vnd.cyclonedx+xml');
    expect(of('reports/other', 'application/xml', '<html xmlns="x">')).toBe('application/xml');
  });

  test('that whoever made it has given it, wherever that says something', () => {
    expect(of('documents/letter.sarif', 'application/pdf', '{"bomFormat":"CycloneDX"}')).toBe(
      'application/pdf',
    );
    expect(of('stream.jsonl', 'application/x-ndjson')).toBe('application/x-ndjson');
  });

  test('and what stands further down does not count', () => {
    const far = `{"x":"${' '.repeat(5000)}","bomFormat":"CycloneDX"}`;
    expect(of('reports/output.json', JSON_TYPE, far)).toBe(JSON_TYPE);
  });
});
