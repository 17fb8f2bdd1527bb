import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type FaultProxy, startFaultProxy } from '../../faults/fault-proxy.ts';
import {
  answerWith,
  carriedOutButAnswered,
  holdAnswer,
  holdRequest,
  passOn,
  refuse,
  resetRequestAfter,
  resetResponseAfter,
  s3Error,
  swallowAnswer,
} from '../../faults/faults.ts';

type Heard = { readonly line: string; readonly host: string | undefined; readonly bytes: number };

/** Tells what it heard whole, and how much of what broke off. */
let heard: Heard[];
let brokenOff: number[];
let broken: PromiseWithResolvers<void>;
let server: Server;
let proxy: FaultProxy;

beforeEach(async () => {
  heard = [];
  brokenOff = [];
  broken = Promise.withResolvers();
  server = createServer(async (asked, answer) => {
    let bytes = 0;
    try {
      for await (const chunk of asked) bytes += (chunk as Buffer).length;
    } catch {
      brokenOff.push(bytes);
      return broken.resolve();
    }
    heard.push({ line: `${asked.method} ${asked.url}`, host: asked.headers.host, bytes });
    answer.writeHead(201, { 'x-said': 'yes' }).end('0123456789'.repeat(100_000));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  proxy = await startFaultProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterEach(async () => {
  await proxy.close();
  server.closeAllConnections();
  await once(server.close(), 'close');
});

const get = (path: string) => fetch(`${proxy.url}${path}`);
const send = (path: string, bytes: number) =>
  fetch(`${proxy.url}${path}`, { method: 'PUT', body: Buffer.alloc(bytes, 1) });

describe('without a fault', () => {
  test('the server hears what was sent, Host and query as well, and the client what was answered', async () => {
    const answer = await send('/a%20b?x=1', 3_000_000);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-said')).toBe('yes');
    expect(await answer.text()).toHaveLength(1_000_000);
    expect(heard).toEqual([{ line: 'PUT /a%20b?x=1', host: new URL(proxy.url).host, bytes: 3_000_000 }]);
    expect(proxy.seen).toEqual([{ method: 'PUT', path: '/a%20b?x=1', faulted: false }]);
  });

  test('a body whose length nobody announced arrives whole', async () => {
    const body = new Blob([Buffer.alloc(200_000)]).stream();
    await fetch(`${proxy.url}/chunked`, { method: 'PUT', body, duplex: 'half' } as RequestInit);
    expect(heard).toMatchObject([{ bytes: 200_000 }]);
  });

  test('a server that is gone is a broken connection', async () => {
    const nobody = await startFaultProxy('http://127.0.0.1:9');
    await expect(fetch(nobody.url)).rejects.toThrow();
    await nobody.close();
  });
});

describe('which requests', () => {
  test('method, path and number choose them', async () => {
    proxy.plant({ method: 'GET', path: '/x', nth: 2, times: 2 }, answerWith(503));
    const statuses: number[] = [];
    for (const path of ['/x', '/y', '/x', '/x?again', '/x']) {
      const answer = await get(path);
      await answer.text();
      statuses.push(answer.status);
    }
    expect((await send('/x', 1)).status).toBe(201);
    expect(statuses).toEqual([201, 201, 503, 503, 201]);
    expect(proxy.seen.map(({ faulted }) => faulted)).toEqual([false, false, true, true, false, false]);
  });

  test('faults for the same request are met one after the other, and can be taken away', async () => {
    const first = proxy.plant({ path: /x$/ }, answerWith(500));
    const second = proxy.plant({ path: /x$/, times: 2 }, answerWith(502));
    expect((await get('/x')).status).toBe(500);
    expect((await get('/x')).status).toBe(502);
    await first.met;
    second.remove();
    expect((await get('/x')).status).toBe(201);
    expect([first.count, second.count]).toEqual([1, 1]);
    proxy.plant({}, answerWith(500));
    proxy.clear();
    expect((await get('/x')).status).toBe(201);
    expect(proxy.seen).toHaveLength(1);
  });
});

describe('answers of another', () => {
  test('the server never hears of it, and the client gets status, headers and body', async () => {
    proxy.plant({}, s3Error(429, 'SlowDown', { 'retry-after': '7' }));
    const answer = await send('/x', 100_000);
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(await answer.text()).toContain('<Code>SlowDown</Code>');
    expect(heard).toEqual([]);
  });

  test('the server does it, and the client is told that it did not', async () => {
    proxy.plant({}, carriedOutButAnswered(500, { body: 'sorry' }));
    const answer = await send('/x', 10);
    expect([answer.status, await answer.text()]).toEqual([500, 'sorry']);
    expect(heard).toMatchObject([{ bytes: 10 }]);
  });

  test('the server does it, and the client hears nothing', async () => {
    proxy.plant({}, swallowAnswer());
    await expect(send('/x', 10)).rejects.toThrow();
    expect(heard).toMatchObject([{ bytes: 10 }]);
  });
});

describe('connections that break', () => {
  test('before anything was heard', async () => {
    proxy.plant({}, refuse());
    await expect(get('/x')).rejects.toThrow();
    expect(heard).toEqual([]);
    expect((await get('/x')).status).toBe(201);
  });

  test('in the middle of what is sent: the server has so much of it', async () => {
    proxy.plant({}, resetRequestAfter(150_000));
    await expect(send('/x', 1_000_000)).rejects.toThrow();
    await broken.promise;
    expect(heard).toEqual([]);
    expect(brokenOff[0]).toBeLessThanOrEqual(150_000);
  });

  test('a body that is shorter goes through', async () => {
    proxy.plant({}, resetRequestAfter(150_000));
    expect((await send('/x', 149_999)).status).toBe(201);
  });

  test('in the middle of what is answered: the client has exactly so much of it', async () => {
    proxy.plant({}, resetResponseAfter(70_001));
    const { body, status } = await get('/x');
    expect(status).toBe(201);
    let bytes = 0;
    const reading = (async () => {
      for await (const chunk of body ?? []) bytes += chunk.length;
    })();
    await expect(reading).rejects.toThrow();
    expect(bytes).toBe(70_001);
  });
});

describe('gates', () => {
  test('the server hears nothing before the gate is open', async () => {
    const gate = holdRequest();
    proxy.plant({}, gate.fault);
    const answer = send('/x', 10);
    await gate.arrived;
    expect(heard).toEqual([]);
    gate.open();
    expect((await answer).status).toBe(201);
    expect(heard).toHaveLength(1);
  });

  test('behind the gate may wait another fault', async () => {
    const gate = holdRequest(answerWith(503));
    const { met } = proxy.plant({}, gate.fault);
    const answer = get('/x');
    await met;
    gate.open();
    expect((await answer).status).toBe(503);
  });

  test('the server has done it while the client still waits', async () => {
    const gate = holdAnswer();
    proxy.plant({}, gate.fault);
    const answer = send('/x', 10);
    await gate.arrived;
    expect(heard).toHaveLength(1);
    gate.open();
    expect(await (await answer).text()).toHaveLength(1_000_000);
  });

  test('closing lets go of who waits before a gate', async () => {
    const gate = holdRequest();
    const other = await startFaultProxy(proxy.url);
    other.plant({}, gate.fault);
    const refused = expect(fetch(other.url)).rejects.toThrow();
    await gate.arrived;
    await other.close();
    await refused;
  });
});

test('what is passed on is what is passed on', async () => {
  proxy.plant({}, passOn);
  expect((await get('/x')).status).toBe(201);
});
