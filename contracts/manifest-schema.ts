import { z } from 'zod';
import { Manifest, Profile } from './manifest.ts';

/** What a manifest may look like, for editors and other people's validators: JSON Schema, draft 2020-12. */
export const MANIFEST_SCHEMA = {
  $id: 'https://certus.dev/manifest/v1',
  title: 'Certus manifest',
  ...z.toJSONSchema(Manifest, {
    target: 'draft-2020-12',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema !== Profile) return;
      const named = { type: 'object' as const, properties: { id: { const: 'dast' } }, required: ['id'] };
      const dast = { anyOf: [{ const: 'dast' }, named] };
      jsonSchema.allOf = [
        needsTarget('requiresStack', { const: true }),
        needsTarget('tools', { type: 'array', contains: dast }),
      ];
    },
  }),
};

/** What the schema's own checks say in code: who scans a running target says where it runs. */
function needsTarget(key: string, value: z.core.JSONSchema.BaseSchema) {
  return {
    anyOf: [{ not: { properties: { [key]: value }, required: [key] } }, { required: ['stackBaseUrl'] }],
  };
}
