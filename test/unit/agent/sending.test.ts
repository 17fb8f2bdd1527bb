import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Identity } from '../../../services/agent/identity.ts';
import { type Answered, answerMeans } from '../../../services/agent/link.ts';
import { sendDeliveries } from '../../../services/agent/send-deliveries.ts';
import { temporaryFolder } from '../scan/sources.ts';
import { type Disk, delivery, never, openDisk, silent } from './agent-fixture.ts';

const ID = 'a'.repeat(64);
const receipt = (id: string, state: 'running' | 'done' | 'failed' = 'done') => ({
  ...{ delivery: id, ingestion_id: `ing_${'0'.repeat(24)}`, state },
  failure: state === 'failed' ? { code: 'not_indexed', message: '' } : null,
});
const bundle = (certificate: string, text: string) =>
  JSON.stringify({
    verificationMaterial: { certificate: { rawBytes: Buffer.from(certificate).toString('base64') } },
    dsseEnvelope: { payload: Buffer.from(text).toString('base64') },
  });
const identityOf = (certificate: string): Identity =>
  ({
    leaf: { raw: Buffer.from(certificate) },
    seal: (payload: Uint8Array) => Buffer.from(bundle(certificate, Buffer.from(payload).toString())),
  }) as unknown as Identity;

let root: string;
let disk: Disk;
let stop: AbortController;
beforeEach(async () => {
  root = temporaryFolder('sending');
  disk = await openDisk(join(root, 'spool'));
  stop = new AbortController();
});
afterEach(() => {
  disk.state.close();
  rmSync(root, { recursive: true, force: true });
});
const spool = (sequence: number, text: string) =>
  disk.spool.add(delivery('docs', sequence), gzipSync(bundle('first', text)), { put: [], gone: [] }, never);

type Asked = { readonly how: 'post' | 'ask'; readonly id: string; readonly text: string };
/** Sends what is spooled to somebody who answers so, until there is nothing left or nobody would answer. */
async function sent(answers: readonly Answered[], certificate = 'first'): Promise<Asked[]> {
  const asked: Asked[] = [];
  const next = (how: Asked['how'], id: string, body?: Uint8Array): Answered => {
    asked.push({ how, id, text: body === undefined ? '' : gunzipSync(body).toString() });
    const answer = answers[asked.length - 1];
    if (asked.length >= answers.length) queueMicrotask(() => stop.abort());
    return answer ?? { kind: 'away', code: 'over' };
  };
  const link = {
    post: async (body: Uint8Array, id: string) => next('post', id, body),
    ask: async (id: string) => next('ask', id),
    close: async () => undefined,
  };
  const line = async () => ({ identity: identityOf(certificate), link });
  const sending = { ...disk, line, log: silent, now: () => new Date(), firstPauseMs: 1 };
  await sendDeliveries(sending, 'docs', { begun: stop.signal, over: never });
  return asked;
}
const id = (sequence: number) => delivery('docs', sequence).id;
const how = (asked: readonly Asked[]) => asked.map((one) => `${one.how} ${Number(one.id)}`);

describe('a delivery', () => {
  test('is sent until it is taken, asked after until it is done, and only then gone', async () => {
    await spool(2, 'two');
    await spool(3, 'three');
    const asked = await sent([
      { kind: 'away', code: 'econnrefused' },
      { kind: 'receipt', receipt: receipt(id(2), 'running') },
      { kind: 'receipt', receipt: receipt(id(2), 'running') },
      { kind: 'away', code: 'http_502' },
      { kind: 'receipt', receipt: receipt(id(2)) },
      { kind: 'away', code: 'econnreset' },
    ]);
    expect(how(asked)).toEqual(['post 2', 'post 2', 'ask 2', 'ask 2', 'ask 2', 'post 3']);
    expect(disk.state.firstWaiting('docs')?.sequence).toBe(3);
    expect(disk.state.link()?.fault).toBe('econnreset');
  });

  test('is sent again when the disk was full as it was to be forgotten', async () => {
    await spool(2, 'two');
    const full = () => {
      throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
    };
    for (const note of ['noteLink', 'noteSent'] as const)
      jest.spyOn(disk.state, note).mockImplementationOnce(full);
    const done: Answered = { kind: 'receipt', receipt: receipt(id(2)) };
    expect(how(await sent([done, done]))).toEqual(['post 2', 'post 2']);
    expect(disk.state.waiting()).toEqual([]);
  });

  test('of which the platform knows nothing any more is sent again', async () => {
    await spool(2, 'two');
    const asked = await sent([
      { kind: 'receipt', receipt: receipt(id(2), 'running') },
      { kind: 'unknown' },
      { kind: 'receipt', receipt: receipt(id(2)) },
    ]);
    expect(how(asked)).toEqual(['post 2', 'ask 2', 'post 2']);
  });

  test('that is refused, or has failed, lets the next one through and is kept', async () => {
    for (const sequence of [2, 3, 4]) await spool(sequence, 'text');
    await sent([
      { kind: 'refused', code: 'delivery_invalid' },
      { kind: 'receipt', receipt: receipt(id(3), 'failed') },
      { kind: 'receipt', receipt: receipt(id(4)) },
    ]);
    expect(disk.state.refused().map(({ sequence, code }) => [sequence, code])).toEqual([
      [2, 'delivery_invalid'],
      [3, 'not_indexed'],
    ]);
    expect(disk.state.waiting()).toEqual([]);
  });

  test('is not set aside because nobody of this agent is let in', async () => {
    await spool(2, 'two');
    await sent([
      { kind: 'barred', code: 'agent_not_enrolled' },
      { kind: 'barred', code: 'agent_not_enrolled' },
    ]);
    expect([disk.state.refused(), disk.state.waiting().length]).toEqual([[], 1]);
    expect(disk.state.link()?.fault).toBe('agent_not_enrolled');
  });

  test('says the same under the certificate of the day', async () => {
    await spool(2, 'what was signed long ago');
    const [asked] = await sent([{ kind: 'receipt', receipt: receipt(id(2)) }], 'renewed');
    expect(JSON.parse(asked?.text ?? '')).toEqual(JSON.parse(bundle('renewed', 'what was signed long ago')));
  });

  test('that was damaged on the disk is not sent', async () => {
    await spool(2, 'two');
    await spool(3, 'three');
    writeFileSync(join(root, 'spool', 'deliveries', id(2)), 'something else that is long enough to be one');
    const asked = await sent([{ kind: 'receipt', receipt: receipt(id(3)) }]);
    expect(how(asked)).toEqual(['post 3']);
    expect(disk.state.refused()).toMatchObject([{ sequence: 2, code: 'digest_mismatch' }]);
  });
});

describe('an answer', () => {
  const means = (status: number, body: unknown = {}, after?: string, isPost = true) =>
    answerMeans({ status, after, bytes: Buffer.from(JSON.stringify(body)) }, ID, isPost);
  const problem = (code: string) => ({ code, detail: 'x' });

  test('is a receipt of this delivery, or none', () => {
    expect(means(202, receipt(ID, 'running'))).toMatchObject({ kind: 'receipt' });
    for (const body of [receipt('b'.repeat(64)), {}, 'hello', { ...receipt(ID), state: 'perhaps' }])
      expect(means(200, body)).toEqual({ kind: 'away', code: 'answer_untrusted' });
  });

  test.each([
    [422, 'refused'],
    [409, 'refused'],
    [413, 'refused'],
    [400, 'refused'],
    [401, 'barred'],
    [403, 'barred'],
    [404, 'barred'],
    [302, 'barred'],
    [408, 'away'],
    [429, 'away'],
    [500, 'away'],
    [503, 'away'],
  ] as const)('%i of somebody is %s', (status, kind) => {
    expect(means(status, problem('some_code'))).toMatchObject({ kind, code: 'some_code' });
    // whoever stands in between, and is no platform
    expect(means(status, '<html>')).toMatchObject({ kind, code: `http_${status}` });
    expect(means(status, problem('a code\nwith more')).kind).toBe(kind);
  });

  test('says when to come back, within reason', () => {
    expect(means(503, {}, '7')).toMatchObject({ afterMs: 7000 });
    expect(means(503, {}, '999999999')).toMatchObject({ afterMs: 600_000 });
    for (const after of ['soon', '-1', undefined])
      expect(means(503, {}, after)).not.toHaveProperty('afterMs');
    expect(means(404, {}, undefined, false)).toEqual({ kind: 'unknown' });
  });
});
