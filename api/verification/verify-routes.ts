import { setImmediate as breathe } from 'node:timers/promises';
import {
  MAX_VERIFY_REQUEST,
  type Verification,
  VerifyAnswer,
  VerifyRequest,
} from '../../contracts/verification.ts';
import { tenantKeys } from '../../services/keys/tenant-keys.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { verifyItem } from './verify-item.ts';

/** Anybody may ask whether a signature holds; what is believed depends on whose token asks. */
export function verifyRoutes(deps: ApiDeps): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/verify',
      id: 'verifySignature',
      summary: 'Say whether signatures hold, and on whose word',
      description:
        'Of Sigstore bundles v0.1 to v0.3, or of a signature alone over the artifact. Believed are the key in the request, else the keys of the tenant, else the authorities and logs of the pinned trusted root together with `identity`. Nothing is asked of anybody outside. That a signature does not hold is an answer too: `valid` is false, and `error` says whether its cryptography is wrong or nobody vouches for its signer.',
      tag: 'signatures',
      auth: 'token',
      body: {
        schema: VerifyRequest.meta({ id: 'VerifyRequest' }),
        examples: { bundle: bundleExample, several: { items: [bundleExample] }, signature: signatureExample },
        limit: MAX_VERIFY_REQUEST,
      },
      answers: {
        200: {
          description: 'What was found, of each in its place.',
          schema: VerifyAnswer.meta({ id: 'VerifyAnswer' }),
          example: verificationExample,
        },
      },
      errors: ['invalid_request', 'payload_too_large', 'key_unusable', 'dependency_unavailable'],
      handle: async ({ principal, body }) => {
        const known = {
          keySet: await tenantKeys(deps.database, deps.trust.keySet, principal.tenant),
          root: deps.trust.trustedRoot,
        };
        if (!('items' in body)) return { status: 200, body: verifyItem(body, known, new Date()) };
        const results: Verification[] = [];
        for (const item of body.items) {
          results.push(verifyItem(item, known, new Date()));
          await breathe(); // a hundred of them must not hold up everybody else
        }
        return { status: 200, body: { results } };
      },
    }),
  ];
}

const bundleExample = {
  bundle: {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: '9301f58a7ae6d0bac54d53ac6e4e524f' } },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=' },
      signature: 'MEUCIQDzE1kZ',
    },
  },
  artifact_digest: 'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
};
const signatureExample = { artifact: 'aGVsbG8=', signature: 'MEUCIQDzE1kZ' };
const verificationExample: Verification = {
  valid: false,
  verified_at: '2026-01-01T00:00:00.000Z',
  signer: null,
  transparency_index: null,
  certificate_chain: [],
  believed: null,
  signed_at: null,
  predicate_type: null,
  checks: [],
  error: { family: 'trust', code: 'untrusted_signer', message: 'none of the trusted keys made it' },
};
