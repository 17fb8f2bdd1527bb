import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

const folder = join(
  createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json'),
  '../res/schema',
);
const schema = (file: string): object => JSON.parse(readFileSync(join(folder, file), 'utf8'));

/** The faults that CycloneDX's own schema finds in a document. */
export function cycloneDxFaults(document: unknown): unknown[] {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  addFormats.default(ajv);
  for (const file of ['spdx', 'jsf-0.82', 'cryptography-defs'])
    ajv.addSchema(
      schema(`${file}.SNAPSHOT.schema.json`),
      `http://cyclonedx.org/schema/${file}.SNAPSHOT.schema.json`,
    );
  const validate = ajv.compile(schema('bom-1.6.SNAPSHOT.schema.json'));
  return validate(document) ? [] : (validate.errors ?? []);
}
