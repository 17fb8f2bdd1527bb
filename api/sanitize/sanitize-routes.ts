import { CertusError } from '../../contracts/errors.ts';
import { MAX_SANITIZE_LENGTH, SanitizeAnswer, SanitizeRequest } from '../../contracts/sanitize.ts';
import { countsOf } from '../../domain/sanitize/operators/sanitized.ts';
import { SANITIZING_POLICY } from '../../domain/sanitize/sanitizing-policy.ts';
import { inCodePoints } from '../../domain/sanitize/stream/code-points.ts';
import { policyInForce } from '../../services/privacy/policy-in-force.ts';
import type { SanitizedTexts } from '../../services/sanitize/sanitizing.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { sanitizeExamples } from './examples.ts';

/** Texts without what is personal in them, for whoever is going to send them somewhere else. Nothing of them is kept. */
export const sanitizeRoutes = (deps: ApiDeps): Route[] => [
  route({
    method: 'post',
    path: '/v1/sanitize',
    id: 'sanitizeText',
    summary: 'Take personal data and secrets out of texts, or say where they are',
    description:
      'Goes by the privacy policy of the workspace: its patterns, its exceptions, and how sure a find must be; what it ' +
      'ignores stays. Operators are mask ([PERSON]), mask_characters, redact, hash, pseudonymise and keep; hashes and ' +
      'pseudonyms are those of the tenant, and the same for the same value. Places are counted in Unicode code points. ' +
      'All texts together may have a million characters.',
    tag: 'privacy',
    auth: 'token',
    body: {
      schema: SanitizeRequest.meta({ id: 'SanitizeRequest' }),
      examples: sanitizeExamples.requests,
      // a character may be written with six
      limit: 6 * MAX_SANITIZE_LENGTH + 64 * 1024,
    },
    answers: {
      200: {
        description: 'The texts in their order, and what was found in which.',
        schema: SanitizeAnswer.meta({ id: 'Sanitized' }),
        example: sanitizeExamples.answer,
      },
    },
    errors: [
      'invalid_request',
      'payload_too_large',
      'privacy_policy_invalid',
      'no_sanitize_key',
      'item_unreadable',
      'dependency_unavailable',
    ],
    handle: async ({ principal: { tenant }, body }) => {
      const { text, texts = [], workspace_id: workspace, operator, operators, format, language } = body;
      const given = text === undefined ? texts : [text];
      if (given.reduce((sum, one) => sum + one.length, 0) > MAX_SANITIZE_LENGTH)
        throw new CertusError(
          'payload_too_large',
          'more than a million characters; send them in several requests',
        );
      const { keySet } = deps.trust;
      const set = await policyInForce({ database: deps.database, keySet }, { tenant, workspace });
      const policy = set.version === 0 ? SANITIZING_POLICY : set.policy;
      const asked = { operator, operators, format, language, detectOnly: body.detect_only };
      const done = await deps.sanitizing.sanitize(given, { tenant, policy, ...asked });
      const written = done.texts.map((one) => one.text);
      return {
        status: 200,
        body: {
          ...(body.detect_only ? {} : text === undefined ? { texts: written } : { text: written[0] }),
          findings: findingsOf(given, done),
          counts: countsOf(done.texts.flatMap(({ findings }) => findings)),
          rules: done.rules,
          model: done.model,
        },
      };
    },
  }),
];

const findingsOf = (given: readonly string[], { texts }: SanitizedTexts): SanitizeAnswer['findings'] =>
  texts.flatMap(({ findings }, index) =>
    inCodePoints(given[index] ?? '', findings).map((finding) => ({ index, ...finding })),
  );
