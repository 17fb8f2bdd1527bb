import { type KeyObject, sign } from 'node:crypto';
import { dsse } from '@sigstore/core';
import { DELIVERY_TYPE, type DeliveredItem, type Delivery } from '../../../contracts/delivery.ts';

export const itemOf = (key: string, changes: Partial<DeliveredItem> = {}): DeliveredItem => ({
  key,
  name: key.split('/').at(-1) ?? key,
  location: `/srv/share/${key}`,
  version: null,
  format: 'markdown',
  media_type: 'text/markdown',
  language: 'en',
  masked: { EMAIL_ADDRESS: 2 },
  drafts: [{ kind: 'document', key: 'text/1', title: `About ${key}`, text: `what ${key} says` }],
  unread: [],
  ...changes,
});

export const deliveryOf = (changes: Partial<Delivery> = {}): Delivery => ({
  schema: 'certus.delivery/v1',
  workspace: 'web',
  source: 'handbook',
  source_kind: 'folder',
  sequence: 1,
  created_at: '2026-11-20T10:00:00.000Z',
  sanitizer: '1.0.0',
  component: null,
  labels: [],
  items: [itemOf('a.md')],
  gone: [],
  ...changes,
});

type Signer = { readonly key: KeyObject; readonly certificate: Uint8Array };

/** As an agent makes it, of whatever it is told to sign. */
export function signedBundle(
  payload: unknown,
  { key, certificate }: Signer,
  type = DELIVERY_TYPE,
): Record<string, unknown> {
  const bytes = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { certificate: { rawBytes: Buffer.from(certificate).toString('base64') } },
    dsseEnvelope: {
      payload: bytes.toString('base64'),
      payloadType: type,
      signatures: [{ sig: sign('sha256', dsse.preAuthEncoding(type, bytes), key).toString('base64') }],
    },
  };
}
