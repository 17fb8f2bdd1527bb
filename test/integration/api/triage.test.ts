// needs: postgres, temporal
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fingerprintOf } from '../../unit/domain/finding-fixture.ts';
import { type Api, startApi } from '../api-harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const newWorkspace = () => `triage-${randomUUID().slice(0, 8)}`;
const fingerprint = fingerprintOf('a finding');
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

const decide = (workspace: string, fields: object = {}) =>
  api.ask('/v1/triage', {
    method: 'POST',
    body: {
      workspace_id: workspace,
      component_id: 'shop',
      fingerprints: [fingerprint],
      state: 'false_positive',
      reason: 'Only in a test.',
      ...fields,
    },
  });
const show = (workspace: string, parameters = '') =>
  api.ask(`/v1/triage?workspace_id=${workspace}&component_id=shop${parameters && `&${parameters}`}`);
const decisions = async (workspace: string, parameters?: string) =>
  (await show(workspace, parameters)).json.decisions;

describe('a decision', () => {
  test('is on record from the moment it is answered for', async () => {
    const workspace = newWorkspace();
    expect(await decisions(workspace)).toEqual([]);
    const made = await decide(workspace, { actor: 'ana@example.org' });
    expect(made.status).toBe(201);
    expect(made.json.decisions).toEqual([
      {
        fingerprint,
        state: 'false_positive',
        reason: 'Only in a test.',
        actor: 'ana@example.org',
        until: null,
        decided_at: expect.any(String),
      },
    ]);
    expect(await decisions(workspace)).toEqual(made.json.decisions);
  });

  test('is of whoever sends it, when nobody else is named', async () => {
    const { json } = await decide(newWorkspace());
    expect(json.decisions).toMatchObject([{ actor: 'local' }]);
  });

  test('holds for its own component, workspace and tenant', async () => {
    const workspace = newWorkspace();
    await decide(workspace, { component_id: 'till' });
    await decide(newWorkspace());
    await api.deps.database.client.triageDecision.create({
      data: {
        ...{ tenant: 'stranger', workspace, component: 'shop', fingerprint },
        ...{ state: 'open', reason: 'r', actor: 'a', decidedAt: new Date() },
      },
    });
    expect(await decisions(workspace)).toEqual([]);
    await decide(workspace);
    expect(await decisions(workspace)).toHaveLength(1);
  });

  test('keeps hostile words to the letter', async () => {
    const reason =
      "'); DROP TABLE triage_decisions; -- \u001b[2J\u202e <img src=x onerror=alert(1)>\r\nX-Evil: 1";
    const workspace = newWorkspace();
    expect((await decide(workspace, { reason, actor: '__proto__' })).status).toBe(201);
    expect(await decisions(workspace)).toMatchObject([{ reason, actor: '__proto__' }]);
  });

  test.each<[string, object, string]>([
    ['without a reason', { reason: '  ' }, 'reason'],
    ['with a reason too long', { reason: 'x'.repeat(2001) }, 'reason'],
    ['with NUL', { reason: 'a\u0000b' }, 'body'],
    ['with half a character', { reason: 'a\ud800b' }, 'body'],
    ['by nobody', { actor: '' }, 'actor'],
    ['of no known kind', { state: 'wontfix' }, 'state'],
    ['about nothing', { fingerprints: [] }, 'fingerprints'],
    ['about what is no finding', { fingerprints: ['../../etc'] }, 'fingerprints.0'],
    ['about more than one may', { fingerprints: many(501) }, 'fingerprints'],
    ['of nothing', { component_id: '../up' }, 'component_id'],
    ['with a field that there is not', { expires: 'never' }, 'expires'],
  ])('%s is refused', async (_what, fields, path) => {
    const workspace = newWorkspace();
    expect((await decide(workspace, fields)).json).toMatchObject({
      status: 422,
      code: 'invalid_request',
      errors: [expect.objectContaining({ path })],
    });
    expect(await decisions(workspace)).toEqual([]);
  });

  test('may be about five hundred at once, each once', async () => {
    const workspace = newWorkspace();
    const { status, json } = await decide(workspace, { fingerprints: [...many(499), many(1)[0]] });
    expect(status).toBe(201);
    expect(json.decisions).toHaveLength(499);
    expect(await decisions(workspace, 'limit=500')).toHaveLength(499);
    expect((await decide(workspace, { fingerprints: many(500) })).status).toBe(201);
  });
});

describe('an acceptance', () => {
  const accept = (workspace: string, until?: unknown) => decide(workspace, { state: 'accepted', until });

  test('has an end that lies ahead', async () => {
    const workspace = newWorkspace();
    for (const until of [undefined, null, '2020-01-01T00:00:00Z', 'tomorrow', '2999-02-30T00:00:00Z', 7])
      expect((await accept(workspace, until)).json).toMatchObject({
        code: 'invalid_request',
        errors: [{ path: 'until' }],
      });
    expect(await decisions(workspace)).toEqual([]);
    const until = inAnHour();
    expect((await accept(workspace, until)).json.decisions).toMatchObject([{ state: 'accepted', until }]);
  });

  test('is told the same way whenever it is told', async () => {
    const workspace = newWorkspace();
    const { json } = await accept(workspace, '2999-01-01T00:00:00Z');
    expect(json.decisions[0].until).toBe('2999-01-01T00:00:00.000Z');
    expect(await decisions(workspace)).toEqual(json.decisions);
  });

  test.each(['open', 'false_positive', 'fixed'])('alone has an end: %s has none', async (state) => {
    const workspace = newWorkspace();
    expect((await decide(workspace, { state, until: inAnHour() })).json).toMatchObject({
      errors: [{ path: 'until' }],
    });
    expect((await decide(workspace, { state })).status).toBe(201);
  });
});

describe('what was decided', () => {
  test('is the newest decision about each; all stay on record', async () => {
    const workspace = newWorkspace();
    const other = fingerprintOf('another');
    for (const state of ['open', 'fixed', 'false_positive']) await decide(workspace, { state });
    await decide(workspace, { fingerprints: [other], state: 'fixed' });
    const stated = async (parameters?: string) =>
      (await decisions(workspace, parameters)).map(({ state }: { state: string }) => state);
    expect(await stated()).toEqual(['fixed', 'false_positive']);
    expect(await stated(`fingerprint=${fingerprint}`)).toEqual(['false_positive', 'fixed', 'open']);
    expect(await stated(`fingerprint=${other}`)).toEqual(['fixed']);
    expect(await stated(`fingerprint=${fingerprintOf('nothing')}`)).toEqual([]);
  });

  test('comes page by page, each once, also while more is decided', async () => {
    const workspace = newWorkspace();
    await decide(workspace, { fingerprints: many(5) });
    await decide(workspace, { fingerprints: many(2), state: 'open' });
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { json } = await show(workspace, `limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...json.decisions.map((made: { fingerprint: string }) => made.fingerprint));
      if (json.next_cursor === null) break;
      cursor = json.next_cursor;
      await decide(workspace, { fingerprints: [fingerprintOf(`later ${seen.length}`)] });
    }
    expect(seen.toSorted()).toEqual(many(5).toSorted());
  });

  test.each([
    'limit=0',
    'limit=501',
    'fingerprint=x',
    'component=shop',
    'cursor=bm90aGluZw',
    `cursor=${Buffer.from('{"id":"9999999999999999999999"}').toString('base64url')}`,
    `cursor=${Buffer.from('{"id":"-1"}').toString('base64url')}`,
  ])('cannot be asked for with %s', async (parameters) => {
    expect((await show(newWorkspace(), parameters)).json).toMatchObject({ code: 'invalid_request' });
    const beyond = Buffer.from('{"id":"999999999999999999"}').toString('base64url');
    expect((await show(newWorkspace(), `cursor=${beyond}`)).status).toBe(200);
  });
});

function many(count: number): string[] {
  return Array.from({ length: count }, (_, n) => fingerprintOf(`finding ${n}`));
}
