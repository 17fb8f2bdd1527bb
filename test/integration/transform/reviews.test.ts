// needs: postgres, temporal
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { heldKey, privacyReportKey } from '../../../contracts/object-keys.ts';
import { promotionWorkflowId, reviewWorkflowId } from '../../../contracts/workflow-names.ts';
import { listTrustEvents } from '../../../services/database/trust-events.ts';
import { startReviews } from './reviews-harness.ts';

let folder: string;
let zones: Awaited<ReturnType<typeof startReviews>>;
let workspace: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-reviews-'));
  zones = await startReviews(folder);
});
afterAll(async () => {
  await zones?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  workspace = `w-${randomBytes(6).toString('hex')}`;
});

// put together here, so that this file holds nobody's
const EMAIL = `jo.moreno${'@'}fastpost.de`;
const HOSTILE = '</p><script>alert(1)</script><img src=x onerror=alert(2)>';
const LETTER = `To ${EMAIL}\n${HOSTILE}\n`;
const post = (body: object) => ({ method: 'POST', body: { workspace_id: workspace, ...body } });
const inWorkspace = () => `?workspace_id=${workspace}`;

const scan = async (body: object = {}) => {
  const begun = await zones.as('joe', '/v1/privacy/scan', post(body));
  expect(begun).toMatchObject({ status: 202, json: { error: null } });
  let { json } = begun;
  while (json.state === 'running')
    json = (await zones.as('joe', `/v1/privacy/scans/${json.privacy_scan_id}${inWorkspace()}`)).json;
  return json;
};

async function heldReview(name = 'letters/jo.txt', text = LETTER): Promise<string> {
  await zones.bring(workspace, name, text);
  const { results } = await scan();
  const found = results.find((result: { name: string }) => result.name === name);
  expect(found).toMatchObject({ outcome: 'quarantined', quarantined: true });
  return found.review_id;
}

const decide = (who: string, id: string, body: object) =>
  zones.as(who, `/v1/reviews/${id}/decision`, post({ reason: 'I have looked at it', ...body }));
const show = (who: string, id: string) => zones.as(who, `/v1/reviews/${id}${inWorkspace()}`);
const digestOf = async (id: string): Promise<string> => (await show('joe', id)).json.subject_digest;
const setPolicy = async (document: object) => {
  const policy = { schema: 'https://certus.dev/privacy-policy/v1', name: 'p', ...document };
  const asking = { method: 'PUT', body: { policy } };
  return zones.as('root', `/v1/privacy/policies/${workspace}`, asking);
};

describe('a privacy scan', () => {
  test('holds back what the policy wants held back, and tells of it without a value', async () => {
    await zones.bring(workspace, 'notes/clean.txt', 'nothing to see here\n');
    await zones.bring(workspace, `notes/jo & ${'x'.repeat(40)}.txt`, LETTER);
    const ended = await scan({ prefix: 'notes/' });
    expect(ended).toMatchObject({ state: 'done', scanned: 2, clean: 1, masked: 0, quarantined: 1 });
    const held = ended.results.find((result: { quarantined: boolean }) => result.quarantined);
    expect(held.places[0].place).toMatch(/line 1/);
    expect(JSON.stringify(ended)).not.toContain(EMAIL);
    const report = await zones.uploads.read(ended.report_object, 1_000_000);
    expect(JSON.parse(Buffer.from(report).toString())).toMatchObject({ scanned: 2, quarantined: 1 });
    expect(Buffer.from(report).toString()).not.toContain(EMAIL);
    expect(ended.report_object).toBe(
      privacyReportKey({ tenant: 'default', workspace }, ended.privacy_scan_id),
    );
    const list = await zones.as('joe', `/v1/privacy/scans${inWorkspace()}`);
    expect(list.json.scans).toMatchObject([{ privacy_scan_id: ended.privacy_scan_id, quarantined: 1 }]);
  });

  test('shows itself as a page in which a hostile name is text', async () => {
    await zones.bring(workspace, "a'b/(1) & b.txt", LETTER);
    const { privacy_scan_id } = await scan();
    const path = `/v1/privacy/scans/${privacy_scan_id}${inWorkspace()}`;
    const page = await zones.as('joe', path, { headers: { accept: 'text/html' } });
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.text).toContain('a&#39;b/(1) &#38; b.txt');
    expect(page.text).not.toContain(EMAIL);
    expect(page.text).not.toContain('<script');
  });

  test('that is a dry run holds nothing back', async () => {
    await zones.bring(workspace, 'jo.txt', LETTER);
    const ended = await scan({ dry_run: true });
    expect(ended).toMatchObject({ quarantined: 1, results: [{ quarantined: false, review_id: null }] });
    expect((await zones.as('ada', `/v1/reviews${inWorkspace()}`)).json.reviews).toEqual([]);
  });

  test('of the same documents finds the review that there is', async () => {
    const id = await heldReview();
    const again = await scan();
    expect(again.results).toMatchObject([{ review_id: id }]);
    expect((await zones.as('ada', `/v1/reviews${inWorkspace()}`)).json.reviews).toHaveLength(1);
  });

  test('takes what was put in the place of a document for no document', async () => {
    await zones.bring(workspace, 'jo.txt', 'harmless\n');
    const key = `default/${workspace}/incoming/jo.txt`;
    await zones.uploads.put(key, Buffer.from(LETTER), { contentType: 'text/plain' });
    const ended = await scan();
    expect(ended.results).toMatchObject([{ outcome: 'quarantined', quarantined: false, kinds: [] }]);
    expect(ended.results[0].opaque[0].reason).toBe('damaged');
  });

  test('goes by the policy of the workspace, which administrators alone set', async () => {
    await zones.bring(workspace, 'jo.txt', LETTER);
    expect(await setPolicy({ documents: { action: 'report' } })).toMatchObject({ json: { version: 1 } });
    expect(await scan()).toMatchObject({ clean: 1, quarantined: 0, results: [{ findings: 1 }] });
    const path = `/v1/privacy/policies/${workspace}`;
    const policy = { schema: 'https://certus.dev/privacy-policy/v1', name: 'mine' };
    const put = { method: 'PUT', body: { policy } };
    expect(await zones.as('ada', path, put)).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    expect((await zones.as('joe', path)).json).toMatchObject({ in_force: { version: 1, set_by: 'root' } });
    const broken = { method: 'PUT', body: { policy: { ...policy, custom: [{ type: 'AB', pattern: '(' }] } } };
    expect(await zones.as('root', path, broken)).toMatchObject({ json: { code: 'privacy_policy_invalid' } });
  });

  test('of the evidence of a scan reports, goes by the rules for evidence, and holds nothing back', async () => {
    const card = ['4539', '1488', '0343', '6467'].join(' ');
    const files = { 'findings.json': `{"mail":"${EMAIL}"}`, 'logs/runner.log': `card number ${card}\n` };
    const testId = await zones.scanned(workspace, files);
    const ended = await scan({ scan_id: testId });
    expect(ended).toMatchObject({ state: 'done', scan_id: testId, scanned: 2, clean: 1, quarantined: 1 });
    expect(ended.results.map(({ quarantined }: { quarantined: boolean }) => quarantined)).toEqual([
      false,
      false,
    ]);
    expect(JSON.stringify(ended)).not.toContain('4539');
    expect((await zones.as('ada', `/v1/reviews${inWorkspace()}`)).json.reviews).toEqual([]);
  });

  test('of evidence whose list is another one than the run has made says so', async () => {
    const testId = await zones.scanned(workspace, { 'findings.json': '{}' }, 'a'.repeat(64));
    const begun = await zones.as('joe', '/v1/privacy/scan', post({ scan_id: testId }));
    expect(begun.json).toMatchObject({ state: 'failed', error: { code: 'bundle_invalid' } });
    const page = { headers: { accept: 'text/html' } };
    const path = `/v1/privacy/scans/${begun.json.privacy_scan_id}${inWorkspace()}`;
    expect((await zones.as('joe', path, page)).text).toContain('bundle_invalid');
  });

  test('of a scan that is not there is not begun', async () => {
    const asked = await zones.as('joe', '/v1/privacy/scan', post({ scan_id: 'test_0123456789ab' }));
    expect(asked).toMatchObject({ status: 404, json: { code: 'not_found' } });
  });
});

describe('a review', () => {
  test('shows personal data to reviewers, each look on record, and to nobody else', async () => {
    const id = await heldReview();
    const path = `/v1/reviews/${id}/preview${inWorkspace()}`;
    for (const who of ['joe', 'root'])
      expect(await zones.as(who, path)).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    expect((await show('joe', id)).json).toMatchObject({ places: [], kinds: [{ type: 'EMAIL_ADDRESS' }] });
    expect((await show('ada', id)).json.places).not.toEqual([]);
    const seen = await zones.as('ada', path);
    expect(JSON.stringify(seen.json)).toContain(EMAIL);
    expect(seen.headers['cache-control']).toBe('no-store');
    const { events } = await listTrustEvents(zones.database, 'default', { about: id, limit: 10 });
    expect(events.filter(({ type }) => type === 'review_previewed')).toMatchObject([{ data: { by: 'ada' } }]);
    expect(zones.api.log()).not.toContain(EMAIL);
  });

  test('shows hostile text as text', async () => {
    const id = await heldReview();
    const path = `/v1/reviews/${id}/preview${inWorkspace()}`;
    const page = await zones.as('ada', path, { headers: { accept: 'text/html' } });
    expect(page.text).toContain(`<mark>${EMAIL}<small>EMAIL_ADDRESS</small></mark>`);
    expect(page.text).toContain('&#60;script&#62;');
    expect(page.text).not.toMatch(/<script|<img/);
    expect(page.headers['content-security-policy']).toMatch(/sandbox/);
  });

  test('is closed by a rejection, and takes no second answer', async () => {
    const id = await heldReview();
    const subject_digest = await digestOf(id);
    const reject = { verdict: 'reject', subject_digest };
    const both = await Promise.all([decide('ada', id, reject), decide('ada', id, reject)]);
    const codes = both.map(({ status, json }) => (status === 200 ? json.state : json.code)).sort();
    expect(codes).toEqual(['rejected', 'review_closed']);
    expect(await decide('bob', id, { verdict: 'release', subject_digest })).toMatchObject({
      status: 409,
      json: { code: 'review_closed' },
    });
    const again = await scan();
    expect(again.results).toMatchObject([{ review_id: id }]);
    expect((await show('joe', id)).json).toMatchObject({ state: 'rejected', decisions: [{ by: 'ada' }] });
    const { events } = await listTrustEvents(zones.database, 'default', { about: id, limit: 10 });
    expect(events.map(({ type }) => type)).toContain('document_rejected');
    expect(zones.logged.some(({ signer }) => signer === 'ada')).toBe(true);
  });

  test('releases by a promotion of its own, and keeps the original where it was held', async () => {
    const id = await heldReview();
    const decided = await decide('bob', id, {
      verdict: 'release_masked',
      subject_digest: await digestOf(id),
    });
    expect(decided).toMatchObject({ status: 200, json: { state: 'released_masked', maskable: true } });
    const run = decided.json.released_as;
    const promotion = zones.api.deps.temporal.workflow.getHandle(promotionWorkflowId(workspace, run));
    expect(await promotion.describe()).toMatchObject({ type: 'promotionWorkflow' });
    await promotion.terminate();
    const scope = { tenant: 'default', workspace };
    const masked = await zones.quarantine.read(heldKey(scope, id, 'masked/letters/jo.txt'), 1_000_000);
    expect(Buffer.from(masked).toString()).not.toContain(EMAIL);
    const original = await zones.quarantine.read(heldKey(scope, id, 'original/letters/jo.txt'), 1_000_000);
    expect(Buffer.from(original).toString()).toBe(LETTER);
  });

  test('takes two persons where the policy says so, and the same one is not two', async () => {
    await setPolicy({ review: { second_person: true } });
    const id = await heldReview();
    const release = { verdict: 'release', subject_digest: await digestOf(id) };
    expect(await decide('ada', id, release)).toMatchObject({ status: 200, json: { state: 'second_person' } });
    expect(await decide('ada', id, release)).toMatchObject({ json: { code: 'second_person_required' } });
    const second = await decide('bob', id, release);
    expect(second).toMatchObject({ status: 200, json: { state: 'released' } });
    expect(second.json.decisions.map(({ by }: { by: string }) => by)).toEqual(['ada', 'bob']);
    await zones.api.deps.temporal.workflow
      .getHandle(promotionWorkflowId(workspace, second.json.released_as))
      .terminate();
  });

  test('that began when one person was enough takes two as soon as the policy says so', async () => {
    const id = await heldReview();
    const release = { verdict: 'release', subject_digest: await digestOf(id) };
    await setPolicy({ review: { second_person: true } });
    expect(await decide('ada', id, release)).toMatchObject({
      status: 200,
      json: { state: 'second_person', second_person: true, released_as: null },
    });
    const second = await decide('bob', id, release);
    expect(second).toMatchObject({ status: 200, json: { state: 'released' } });
    await zones.api.deps.temporal.workflow
      .getHandle(promotionWorkflowId(workspace, second.json.released_as))
      .terminate();
  });

  test.each([
    ['of somebody without the role', 'joe', {}, 403, 'forbidden'],
    ['about other bytes', 'ada', { subject_digest: 'a'.repeat(64) }, 409, 'digest_mismatch'],
    ['without a reason', 'ada', { reason: '' }, 422, 'invalid_request'],
    ['of no kind', 'ada', { verdict: 'perhaps' }, 422, 'invalid_request'],
  ])('does not heed a decision %s', async (_, who, changes, status, code) => {
    const id = await heldReview();
    const body = { verdict: 'release', subject_digest: await digestOf(id), ...changes };
    expect(await decide(who, id, body)).toMatchObject({ status, json: { code } });
    expect((await show('joe', id)).json).toMatchObject({ state: 'open', decisions: [] });
  });

  test('of another workspace is not there', async () => {
    const id = await heldReview();
    const elsewhere = await zones.as('ada', `/v1/reviews/${id}?workspace_id=default`);
    expect(elsewhere).toMatchObject({ status: 404, json: { code: 'review_not_found' } });
  });

  test('whose run has gone takes no decision', async () => {
    const id = await heldReview();
    const subject_digest = await digestOf(id);
    await zones.api.deps.temporal.workflow.getHandle(reviewWorkflowId(workspace, id)).terminate();
    expect(await decide('ada', id, { verdict: 'release', subject_digest })).toMatchObject({
      status: 409,
      json: { code: 'review_closed' },
    });
  });

  test('takes a decision down while Trust is away, and heeds it when it is back', async () => {
    const id = await heldReview();
    const subject_digest = await digestOf(id);
    zones.trustIs('away');
    const taken = await decide('ada', id, { verdict: 'reject', subject_digest });
    expect(taken).toMatchObject({ status: 202, json: { state: 'open', decisions: [] } });
    zones.trustIs('there');
    const run = zones.api.deps.temporal.workflow.getHandle(reviewWorkflowId(workspace, id));
    expect(await run.result()).toMatchObject({ state: 'rejected', orders: [{ by: 'ada' }] });
  });

  test('that cannot be reached says so, and is as open as before', async () => {
    const id = await heldReview();
    const body = { verdict: 'reject', subject_digest: await digestOf(id) };
    await zones.gate.shut();
    expect(await decide('ada', id, body)).toMatchObject({
      status: 503,
      json: { code: 'dependency_unavailable' },
    });
    await zones.gate.open();
    expect((await show('joe', id)).json.state).toBe('open');
    let answer = await decide('ada', id, body);
    while (answer.status === 503) answer = await decide('ada', id, body);
    expect(answer).toMatchObject({ status: 200, json: { state: 'rejected' } });
  });
});
