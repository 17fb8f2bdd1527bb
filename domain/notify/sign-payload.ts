import { createHmac } from 'node:crypto';

/**
 * `t=<seconds>,v1=<hex>`: HMAC-SHA256 over the seconds, a dot and the body. With the time signed too, who receives it can
 * refuse what somebody recorded and sends again.
 */
export function signPayload(body: Uint8Array, secret: Uint8Array, seconds: number): string {
  const mac = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
  return `t=${seconds},v1=${mac}`;
}
