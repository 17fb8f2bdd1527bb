import { markRevoked } from '../../../services/database/tainted.ts';
import { revokeCertificates } from '../enrol/revoke-certificates.ts';
import type { ActionHandler } from '../orders/action-handler.ts';
import { revokeKey } from './end-key.ts';

/** First nobody believes the key any more, then its certificates are listed as revoked and what it signed is marked. */
export const revokeKeyAndMark: ActionHandler<'revoke_key'> = async (deps, order, action) => {
  const result = await revokeKey(deps, order, action);
  const { key_id: keyId, reason, invalid_since } = action;
  const certificates = await revokeCertificates(deps, order.tenant, keyId, reason);
  const at = String(result.revoked_at);
  const marked = await markRevoked(deps.database, order.tenant, keyId, { at, reason, invalid_since });
  return { ...result, certificates, affected: { ...marked } };
};
