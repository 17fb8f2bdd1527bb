import { z } from 'zod';
import { CertusError, ERROR_STATUS, type ErrorCode } from '../../../contracts/errors.ts';
import { KeyAlgorithm } from '../../../contracts/key-registry.ts';
import { algorithmOfPem } from '../../../domain/keys/key-algorithm.ts';
import type { ActionHandler } from '../orders/action-handler.ts';
import { admitTenantKey } from './admit-tenant-key.ts';

/** Believes a key whose private half the API has sealed; one without a certificate was made here. */
export const admitKey: ActionHandler<'admit_key'> = (deps, order, action) =>
  admitTenantKey(deps, {
    tenant: order.tenant,
    orderId: order.id,
    environment: action.environment,
    publicKeyPem: action.public_key_pem,
    certificatePem: action.certificate_pem,
    holder: 'certus',
    origin: action.certificate_pem === null ? 'generated' : 'uploaded',
  });

/** Believes the key that the zone which holds keys has made for this order. */
export const generateKey: ActionHandler<'generate_key'> = async (deps, order, action, found) => {
  const failed = NotMade.safeParse(found);
  if (failed.success) throw notMade(failed.data.failed);
  const made = Found.safeParse(found);
  if (!made.success) throw new CertusError('order_invalid', 'no key was made for this order');
  if (algorithmOfPem(made.data.public_key_pem) !== action.algorithm)
    throw new CertusError('key_mismatch', 'the key that was made is of another kind than was ordered');
  return admitTenantKey(deps, {
    tenant: order.tenant,
    orderId: order.id,
    environment: action.environment,
    publicKeyPem: made.data.public_key_pem,
    certificatePem: null,
    holder: 'certus',
    origin: 'generated',
  });
};

const Found = z.object({
  key_id: z.string(),
  public_key_pem: z.string().max(8192),
  algorithm: KeyAlgorithm,
});

/** No other try will make it: who waits for the order is to hear that, whatever the code says of tries. */
function notMade({ code, message }: z.infer<typeof NotMade>['failed']): CertusError {
  const error = new CertusError(code, message);
  return error.retryable ? new CertusError('key_unusable', message) : error;
}

const NotMade = z.object({
  failed: z.object({
    code: z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]).catch('key_unusable'),
    message: z.string(),
  }),
});
