// needs: postgres, temporal
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signOrder } from '../../../api/orders/give-order.ts';
import { CertusError } from '../../../contracts/errors.ts';
import type { PrivacyPolicy, SetPrivacyPolicy } from '../../../contracts/privacy.ts';
import { MAX_SANITIZE_LENGTH } from '../../../contracts/sanitize.ts';
import {
  DEFAULT_PRIVACY_POLICY,
  privacyPolicyDigest,
} from '../../../domain/sanitize/default-privacy-policy.ts';
import { restore } from '../../../domain/sanitize/operators/restore.ts';
import { tenantSanitizeKey } from '../../../domain/sanitize/operators/sanitize-key.ts';
import { privacyPolicies } from '../../../services/database/privacy-policies.ts';
import type { NerClient } from '../../../services/sanitize/ner-client.ts';
import { EMAIL, PHONE } from '../../unit/sanitize/pieces.ts';
import { type Api, startApi } from '../api-harness.ts';

const secret = new Uint8Array(randomBytes(32));
let api: Api;
let bare: Api;
let model: Api;
let isThere = true;

const ner: NerClient = {
  name: 'ner test',
  kinds: ['PERSON'],
  find: async (text) => {
    if (!isThere) throw new CertusError('dependency_unavailable', 'the model was not to be had');
    const start = text.indexOf('Ada');
    return start === -1 ? [] : [{ type: 'PERSON', start, end: start + 3, confidence: 0.9 }];
  },
};

beforeAll(async () => {
  [api, bare, model] = await Promise.all([
    startApi({ sanitizing: { secret } }),
    startApi(),
    startApi({ sanitizing: { ner } }),
  ]);
}, 60_000);
afterAll(() => Promise.all([api.stop(), bare.stop(), model.stop()]));

/** With a row as Trust writes it when it has carried out an order. */
async function workspaceWith(
  policy: PrivacyPolicy,
  give: (action: SetPrivacyPolicy) => Promise<{ readonly id: string; readonly givenAt: Date }>,
): Promise<string> {
  const workspace = `w-${randomBytes(6).toString('hex')}`;
  const { id, givenAt } = await give({ kind: 'set_privacy_policy', workspace, policy });
  await privacyPolicies.add(api.deps.database, 'default', {
    ...{ workspace, version: 1, digest: privacyPolicyDigest(policy), document: policy },
    ...{ setBy: 'ada', setAt: givenAt, orderId: id },
  } as Parameters<typeof privacyPolicies.add>[2]);
  return workspace;
}

const ordered = (action: SetPrivacyPolicy) => {
  const principal = { subject: 'ada', tenant: 'default', roles: ['admin' as const] };
  return signOrder(api.deps, principal as Parameters<typeof signOrder>[1], action);
};

const sanitize = (body: object, at: Api = api) => at.ask('/v1/sanitize', { method: 'POST', body });

describe('POST /v1/sanitize', () => {
  test('gives one text back without what is personal in it', async () => {
    const { status, json } = await sanitize({ text: `😀 ${EMAIL} or ${PHONE}` });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      text: '😀 [EMAIL_ADDRESS] or [PHONE_NUMBER]',
      findings: [
        { index: 0, type: 'EMAIL_ADDRESS', start: 2, end: 2 + EMAIL.length },
        { type: 'PHONE_NUMBER' },
      ],
      counts: { EMAIL_ADDRESS: 1, PHONE_NUMBER: 1 },
      model: null,
    });
    expect(api.log()).not.toContain('moreno');
  });

  test('goes by what the filter goes by where no policy was set, and by a policy that was', async () => {
    const text = 'a letter to Nordwind Logistik GmbH';
    expect((await sanitize({ text })).json.counts).toEqual({ ORGANIZATION: 1 });
    const workspace_id = await workspaceWith(DEFAULT_PRIVACY_POLICY, ordered);
    expect((await sanitize({ text, workspace_id })).json.counts).toEqual({});
  });

  test('takes several, with an operator for each kind', async () => {
    const operators = { EMAIL_ADDRESS: 'pseudonymise' };
    const { json } = await sanitize({
      texts: [`to ${EMAIL}`, 'nothing', EMAIL.toUpperCase()],
      operator: 'redact',
      operators,
    });
    const [first, second, third] = json.texts;
    expect(second).toBe('nothing');
    const key = tenantSanitizeKey(secret, 'default');
    expect([first, third].map((text) => restore(text, key).text)).toEqual([
      `to ${EMAIL}`,
      EMAIL.toUpperCase(),
    ]);
    expect(json.findings.map(({ index }: { index: number }) => index)).toEqual([0, 2]);
    expect(restore(first, tenantSanitizeKey(secret, 'other')).restored).toBe(0);
  });

  test('only tells where something is when no more is asked for', async () => {
    const { json } = await sanitize({ text: EMAIL, detect_only: true, operator: 'hash' }, bare);
    expect(json).toMatchObject({ findings: [{ start: 0, end: EMAIL.length }] });
    expect(json.text ?? json.texts).toBeUndefined();
  });

  test('without a key says so', async () => {
    for (const asked of [{ operator: 'hash' }, { operators: { PERSON: 'pseudonymise' } }])
      expect((await sanitize({ text: 'a', ...asked }, bare)).json).toMatchObject({
        code: 'no_sanitize_key',
        status: 409,
      });
  });

  test.each([
    [{}, 'invalid_request'],
    [{ text: 'a', texts: ['b'] }, 'invalid_request'],
    [{ text: 'a', operator: 'shred' }, 'invalid_request'],
    [{ text: 'a', operators: { __proto__x: 'mask' } }, 'invalid_request'],
    [{ text: '{', format: 'json' }, 'item_unreadable'],
    [{ texts: ['x'.repeat(MAX_SANITIZE_LENGTH), 'y'] }, 'payload_too_large'],
  ])('refuses %#', async (body, code) => {
    expect((await sanitize(body)).json).toMatchObject({ code });
  });

  test('a text of the largest size is done, and others are answered meanwhile', async () => {
    const text = `${EMAIL} \u00e9 `.repeat(MAX_SANITIZE_LENGTH).slice(0, MAX_SANITIZE_LENGTH);
    const done = sanitize({ text });
    const health = api.ask('/healthz');
    expect(await Promise.race([done.then(() => 'the text'), health.then(() => 'others')])).toBe('others');
    expect((await done).json.counts.EMAIL_ADDRESS).toBeGreaterThan(40_000);
  }, 60_000);

  test('goes by the policy of the workspace', async () => {
    const policy: PrivacyPolicy = {
      ...{ ...DEFAULT_PRIVACY_POLICY, name: 'ours', allow: [{ value: EMAIL }] },
      custom: [{ type: 'CUSTOMER', pattern: 'K-[0-9]{6}', confidence: 0.8, context: [] }],
    };
    const workspace = await workspaceWith(policy, ordered);
    const text = `${EMAIL} ${PHONE} K-123456`;
    expect((await sanitize({ workspace_id: workspace, text })).json).toMatchObject({
      text: `${EMAIL} [PHONE_NUMBER] [CUSTOMER]`,
      rules: expect.stringContaining('own:'),
    });
    expect((await sanitize({ text })).json.text).toBe('[EMAIL_ADDRESS] [PHONE_NUMBER] K-123456');
  });

  test('goes by no policy that no order has set', async () => {
    const policy = { ...DEFAULT_PRIVACY_POLICY, name: 'mine', allow: [{ value: EMAIL }] };
    const workspace = await workspaceWith(policy, async () => ({
      id: `order_${'e'.repeat(32)}`,
      givenAt: new Date(),
    }));
    const { json } = await sanitize({ workspace_id: workspace, text: EMAIL });
    expect(json).toMatchObject({ code: 'privacy_policy_invalid' });
  });

  test('asks the model, where there is one, and answers nothing without it', async () => {
    const { json } = await sanitize({ text: `Ada: ${EMAIL}` }, model);
    expect(json).toMatchObject({ text: '[PERSON]: [EMAIL_ADDRESS]', model: 'ner test' });
    isThere = false;
    expect((await sanitize({ text: 'Ada' }, model)).json).toMatchObject({ code: 'dependency_unavailable' });
  });
});
