export const eventExample = {
  id: '4711',
  type: 'document_quarantined',
  about: 'review_0123456789abcdef0123456789abcdef',
  data: { workspace_id: 'default', kinds: { EMAIL_ADDRESS: 3 } },
  at: '2026-11-21T09:00:00.000Z',
};

export const subscriptionExample = {
  subscription_id: 'hook_0123456789abcdef01234567',
  kind: 'webhook',
  address: 'https://hooks.example.org/…',
  events: ['document_quarantined', 'golden_drift'],
  created_by: 'local',
  created_at: '2026-11-21T09:00:00.000Z',
};

export const deliveryExample = {
  event_id: '4711',
  type: 'document_quarantined',
  attempt: 0,
  outcome: 'delivered',
  detail: null,
  at: '2026-11-21T09:00:01.000Z',
};
