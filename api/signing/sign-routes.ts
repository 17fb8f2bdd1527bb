import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { WorkspaceId } from '../../contracts/identifiers.ts';
import {
  MAX_SIGN_REQUEST,
  SignArtifactRequest,
  SignatureId,
  SignatureSet,
  SignedArtifact,
  SignRequest,
} from '../../contracts/signing.ts';
import { type Route, route } from '../route.ts';
import {
  artifactExample,
  pendingArtifactExample,
  pendingExample,
  setExample,
  signExamples,
} from './examples.ts';
import { requestSignatures } from './request-signatures.ts';
import { signArtifact } from './sign-artifact.ts';
import { stateOf } from './sign-runs.ts';
import { findSignatureSet, unsigned } from './signature-set.ts';
import type { SigningDeps } from './signing-deps.ts';

const Signatures = SignatureSet.meta({ id: 'Signatures' });
const Outer = SignedArtifact.meta({ id: 'SignedArtifact' });
const Headers = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/, 'is 1 to 255 printable ASCII characters')
    .optional()
    .meta({ description: 'Sent again with the same body, the same signatures come back.' }),
});
const Location = z.object({ Location: z.string().meta({ description: 'Where the signatures will be.' }) });

export function signRoutes(deps: SigningDeps): Route[] {
  return [sign(deps), show(deps), signScan(deps)];
}

const place = (id: string, workspace: string) => ({
  Location: `/v1/signatures/${id}?workspace_id=${workspace}`,
});

const sign = (deps: SigningDeps) =>
  route({
    method: 'post',
    path: '/v1/sign',
    id: 'sign',
    summary: 'Sign content or statements',
    description:
      'Up to 100 items, each an in-toto statement, a subject with a predicate, or content in base64. The key of the ' +
      'tenant signs, Trust verifies and logs it, and the answer has a Sigstore bundle v0.3 for each item: with mode ' +
      '`keyed` for `cosign verify-blob --key`, with mode `certificate` for `--trusted-root`. What Certus says of its ' +
      'own acts (provenance, permits, promotions and the like) is not signed on request.',
    tag: 'signatures',
    auth: 'token',
    headers: Headers,
    body: {
      schema: SignRequest.meta({ id: 'SignRequest' }),
      limit: MAX_SIGN_REQUEST,
      examples: signExamples,
    },
    answers: {
      201: { description: 'Signed and logged.', schema: Signatures, example: setExample },
      202: {
        description: 'It takes longer: ask at `Location`.',
        schema: Signatures,
        example: pendingExample,
        headers: Location,
      },
    },
    errors: [
      'invalid_request',
      'payload_too_large',
      'idempotency_conflict',
      'statement_invalid',
      'no_signing_key',
      'key_revoked',
      'untrusted_signer',
      'signature_invalid',
      'digest_mismatch',
      'authority_refused',
      'answer_untrusted',
      'dependency_unavailable',
    ],
    handle: async ({ principal, body, headers }) => {
      const set = await requestSignatures(deps, principal, body, headers['idempotency-key']);
      if (set.status === 'done') return { status: 201, body: set };
      return { status: 202, headers: place(set.signature_id, body.workspace_id), body: set };
    },
  });

const show = (deps: SigningDeps) =>
  route({
    method: 'get',
    path: '/v1/signatures/{id}',
    id: 'getSignatures',
    summary: 'What was signed on request',
    tag: 'signatures',
    auth: 'token',
    params: z.object({ id: SignatureId }),
    query: z.strictObject({ workspace_id: WorkspaceId.default('default') }),
    answers: {
      200: { description: 'Done, under way, or failed and why.', schema: Signatures, example: setExample },
    },
    errors: ['invalid_request', 'not_found', 'digest_mismatch', 'dependency_unavailable'],
    handle: async ({ principal, params: { id }, query: { workspace_id: workspace } }) => {
      const scope = { tenant: principal.tenant, workspace };
      const body = (await findSignatureSet(deps, scope, id)) ?? (await unfinished(deps, scope, id));
      return { status: 200, body };
    },
  });

async function unfinished(
  deps: SigningDeps,
  scope: { tenant: string; workspace: string },
  id: string,
): Promise<SignatureSet> {
  const state = await stateOf(deps.temporal, scope, id);
  if (state === 'unknown') throw new CertusError('not_found', 'nothing was signed under this id');
  if (state instanceof CertusError) return unsigned(id, 'failed', state);
  return unsigned(id, 'pending');
}

const signScan = (deps: SigningDeps) =>
  route({
    method: 'post',
    path: '/v1/sign-artifact',
    id: 'signArtifact',
    summary: 'Have Trust verify a scan and sign that it did',
    description:
      'Trust looks at the bytes itself; what the request says of them must be so, and a `verified` of the caller ' +
      'counts for nothing. The signature is no permit. Where something does not hold, nothing is signed.',
    tag: 'signatures',
    auth: 'token',
    headers: Headers,
    body: {
      schema: SignArtifactRequest.meta({ id: 'SignArtifactRequest' }),
      examples: { scan: { assessment_metadata: { scan_id: 'test_0123456789ab' } } },
    },
    answers: {
      201: { description: 'Verified, signed and logged.', schema: Outer, example: artifactExample },
      202: {
        description: 'It takes longer: ask at `Location`.',
        schema: Outer,
        example: pendingArtifactExample,
        headers: Location,
      },
    },
    errors: [
      'invalid_request',
      'not_found',
      'object_not_found',
      'idempotency_conflict',
      'bundle_invalid',
      'statement_invalid',
      'signature_invalid',
      'untrusted_signer',
      'key_revoked',
      'digest_mismatch',
      'dependency_unavailable',
    ],
    handle: async ({ principal, body, headers }) => {
      const answer = await signArtifact(deps, principal, body, headers['idempotency-key']);
      if (answer.status === 'signed') return { status: 201, body: answer };
      return { status: 202, headers: place(answer.signature_id, body.workspace_id), body: answer };
    },
  });
