import { z } from 'zod';
import { MANIFEST_SCHEMA } from '../contracts/manifest-schema.ts';
import { type Route, route } from './route.ts';

/** Without a token: an editor that completes a manifest has none. */
export const manifestSchemaRoute: Route = route({
  method: 'get',
  path: '/v1/manifest-schema',
  id: 'getManifestSchema',
  summary: 'What a manifest may look like',
  description: 'For editors and validators; the same document as `certus manifest schema` prints.',
  tag: 'documentation',
  auth: 'none',
  answers: {
    200: {
      description: 'JSON Schema, draft 2020-12.',
      schema: z.looseObject({ $schema: z.string(), $id: z.string() }),
      contentType: 'application/schema+json',
    },
  },
  errors: [],
  handle: async () => ({ status: 200, contentType: 'application/schema+json', body: MANIFEST_SCHEMA }),
});
