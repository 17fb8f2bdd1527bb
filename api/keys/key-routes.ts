import { z } from 'zod';
import {
  GenerateKeyRequest,
  KEY_STATUSES,
  KeyId,
  RevokedKeyView,
  RevokeKeyRequest,
  SigningKeyList,
  UploadKeyRequest,
} from '../../contracts/key-registry.ts';
import { Environment, KeySet } from '../../contracts/keys.ts';
import { tenantKeys } from '../../services/keys/tenant-keys.ts';
import type { ApiDeps } from '../deps.ts';
import { giveOrder } from '../orders/give-order.ts';
import { type Route, route } from '../route.ts';
import {
  inactiveKeyExample,
  keyExample,
  keySetExample,
  revocationExample,
  uploadExample,
} from './examples.ts';
import { createdKey, KeyView, keyAnswer, pendingOrder } from './key-answers.ts';
import { everyKey, knownKey } from './known-keys.ts';
import { uploadKey } from './upload-key.ts';

const Params = z.object({ key_id: KeyId });
const ORDER_ERRORS = [
  'invalid_request',
  'order_invalid',
  'order_expired',
  'signature_invalid',
  'dependency_unavailable',
] as const;
const ADMIT_ERRORS = [...ORDER_ERRORS, 'key_in_use', 'key_revoked', 'key_mismatch', 'key_too_weak'] as const;

/** The keys that a tenant's evidence is signed with. No route gives out a private half. */
export function keyRoutes(deps: ApiDeps): Route[] {
  return [
    list(deps),
    upload(deps),
    ...(['generate', 'rotate'] as const).map((word) => generate(deps, word)),
    exported(deps),
    show(deps),
    deactivate(deps),
    revoke(deps),
  ];
}

const list = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/keys',
    id: 'listKeys',
    summary: 'Keys that evidence is signed with',
    tag: 'keys',
    auth: 'token',
    query: z.strictObject({ environment: Environment.optional(), status: z.enum(KEY_STATUSES).optional() }),
    answers: {
      200: {
        description: 'The newest first; at the end those of the installation.',
        schema: SigningKeyList.extend({ keys: z.array(KeyView) }).meta({ id: 'SigningKeyList' }),
        example: { keys: [keyExample] },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, query }) => ({
      status: 200,
      body: { keys: await everyKey(deps, principal.tenant, query) },
    }),
  });

const upload = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/keys',
    id: 'uploadKey',
    summary: 'Bring a certificate and its private key',
    description:
      'EC P-256 or P-384, Ed25519, or RSA of 3072 bits or more; the key as PKCS#8, SEC 1 or PKCS#1, also encrypted. ' +
      'The key that was signed with before is deactivated in the same step, and what it signed stays good.',
    tag: 'keys',
    auth: 'token',
    role: 'admin',
    body: {
      schema: UploadKeyRequest.meta({ id: 'UploadKeyRequest' }),
      examples: { production: uploadExample },
      limit: 256 * 1024,
    },
    answers: { 201: createdKey, 202: pendingOrder },
    errors: [
      ...ADMIT_ERRORS,
      'certificate_invalid',
      'certificate_expired',
      'certificate_not_yet_valid',
      'key_unusable',
    ],
    handle: async ({ principal, body }) =>
      keyAnswer(deps, principal.tenant, await uploadKey(deps, principal, body), 201),
  });

const SUMMARY = {
  generate: 'Have a key made',
  rotate: 'Have a key made that takes the place of the one before',
} as const;

/** The same under two names: a new key always takes the place of the one before. */
const generate = (deps: ApiDeps, word: keyof typeof SUMMARY) =>
  route({
    method: 'post',
    path: `/v1/keys/${word}`,
    id: `${word}Key`,
    summary: SUMMARY[word],
    description: 'Its private half is made where evidence is signed, and never leaves that place unsealed.',
    tag: 'keys',
    auth: 'token',
    role: 'admin',
    body: {
      schema: GenerateKeyRequest.meta({
        id: word === 'generate' ? 'GenerateKeyRequest' : 'RotateKeyRequest',
      }),
      examples: { production: { environment: 'production', algorithm: 'ecdsa-p256' } },
    },
    answers: { 201: createdKey, 202: pendingOrder },
    errors: [...ADMIT_ERRORS, 'key_unusable'],
    handle: async ({ principal, body }) =>
      keyAnswer(
        deps,
        principal.tenant,
        await giveOrder(deps, principal, { kind: 'generate_key', ...body }),
        201,
      ),
  });

const exported = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/keys/export',
    id: 'exportKeys',
    summary: 'The public keys that count, for verification offline',
    description: 'Those of the installation and the newest list that Trust signed for the tenant.',
    tag: 'keys',
    auth: 'token',
    answers: {
      200: {
        description: 'A key set, as `certus verify --keys` takes it.',
        schema: KeySet.meta({ id: 'KeySet' }),
        example: keySetExample,
      },
    },
    errors: ['key_unusable', 'dependency_unavailable'],
    handle: async ({ principal: { tenant } }) => ({
      status: 200,
      body: await tenantKeys(deps.database, deps.trust.keySet, tenant),
    }),
  });

const show = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/keys/{key_id}',
    id: 'showKey',
    summary: 'One key',
    tag: 'keys',
    auth: 'token',
    params: Params,
    answers: { 200: { description: 'The key.', schema: KeyView, example: keyExample } },
    errors: ['invalid_request', 'key_not_found', 'dependency_unavailable'],
    handle: async ({ principal, params }) => ({
      status: 200,
      body: await knownKey(deps, principal.tenant, params.key_id),
    }),
  });

const deactivate = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/keys/{key_id}/deactivate',
    id: 'deactivateKey',
    summary: 'Sign nothing more with a key',
    description: 'What it signed until now stays good.',
    tag: 'keys',
    auth: 'token',
    role: 'admin',
    params: Params,
    answers: {
      200: { description: 'The key, which is inactive.', schema: KeyView, example: inactiveKeyExample },
      202: pendingOrder,
    },
    errors: [...ORDER_ERRORS, 'key_not_found', 'key_revoked'],
    handle: async ({ principal, params }) =>
      keyAnswer(
        deps,
        principal.tenant,
        await giveOrder(deps, principal, { kind: 'deactivate_key', ...params }),
        200,
      ),
  });

const revoke = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/keys/{key_id}/revoke',
    id: 'revokeKey',
    summary: 'Believe nothing more that a key signed',
    description:
      'Since a time, or altogether when `invalid_since` is null. Evidence that Trust had permitted before that time stays good: when it ' +
      'was made, only the evidence says. Revoked again, a key can only lose more of what it signed.',
    tag: 'keys',
    auth: 'token',
    role: 'admin',
    params: Params,
    body: {
      schema: RevokeKeyRequest.meta({ id: 'RevokeKeyRequest' }),
      examples: { compromised: { reason: 'key_compromise', invalid_since: null } },
    },
    answers: {
      200: {
        description: 'The key, and how much rests on what it signed.',
        schema: RevokedKeyView.meta({ id: 'RevokedKey' }),
        example: revocationExample,
      },
      202: pendingOrder,
    },
    errors: [...ORDER_ERRORS, 'key_not_found', 'key_revoked'],
    handle: async ({ principal, params, body }) =>
      keyAnswer(
        deps,
        principal.tenant,
        await giveOrder(deps, principal, { kind: 'revoke_key', ...params, ...body }),
        200,
      ),
  });
