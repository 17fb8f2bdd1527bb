import { expect, test } from '@jest/globals';
import type { NewScanEvent } from '../../../contracts/scan-event.ts';
import { admit, FULL_AT, MOST_EVENTS } from '../../../services/events/admit.ts';

const at = '2026-01-02T03:04:05.678Z';
const log = (line: string, more: object = {}): NewScanEvent => ({
  type: 'log',
  at,
  data: { tool: 'semgrep', stream: 'stdout', line, ...more },
});
const event = (type: NewScanEvent['type'], data = {}): NewScanEvent => ({ type, at, data });

test('what fits is kept as it is', () => {
  const events = [event('phase', { name: 'checkout' }), log('one'), log(''), event('scan_complete')];
  expect(admit(0, false, events)).toEqual(events);
});

test('nothing comes after the end, neither in a batch nor later', () => {
  const end = event('scan_complete', { status: 'SUCCEEDED' });
  expect(admit(7, false, [log('a'), end, log('late'), end])).toEqual([log('a'), end]);
  expect(admit(7, true, [log('late'), end])).toEqual([]);
});

test.each([
  ['ascii', 'x'.repeat(5000), 4096],
  ['two bytes, the cut on a boundary', 'é'.repeat(3000), 4096],
  ['three bytes, the cut inside of one', '日'.repeat(3000), 4095],
  ['four bytes, the cut inside of one', `a${'😀'.repeat(2000)}`, 4093],
])('a line that is too long is cut between characters and says so: %s', (_what, line, kept) => {
  const [only] = admit(0, false, [log(line)]);
  const text = String(only?.data.line);
  const [head = '', more] = text.split('… (');
  expect(Buffer.byteLength(head)).toBe(kept);
  expect(line.startsWith(head)).toBe(true);
  expect(more).toBe(`${Buffer.byteLength(line) - kept} more bytes)`);
});

test('lines are cut shorter once a stream is long', () => {
  const length = (place: number) =>
    String(admit(place - 1, false, [log('x'.repeat(9999))])[0]?.data.line).length;
  expect(length(4096)).toBeGreaterThan(4096);
  expect(length(4097)).toBeLessThan(600);
});

test('data beside the line that is too large is replaced by its size', () => {
  const [small, large, other] = admit(0, false, [
    log('kept', { note: 'x'.repeat(400) }),
    log('kept', { note: 'x'.repeat(600) }),
    event('error', { message: 'x'.repeat(20_000) }),
  ]);
  expect(small?.data.note).toHaveLength(400);
  expect(large?.data).toEqual({ line: 'kept', omitted: expect.stringContaining('bytes') });
  expect(other?.data).toEqual({ omitted: expect.stringContaining('at most 16384') });
});

test('a full log says so once, wherever the batch begins, and the end still comes', () => {
  const batch = [log('a'), log('b'), log('c'), event('tool_complete'), event('scan_complete')];
  for (const length of [FULL_AT - 3, FULL_AT - 2, FULL_AT - 1]) {
    const kept = admit(length, false, batch);
    const place = FULL_AT - length - 1;
    expect(kept[place]?.data).toMatchObject({ dropped: true });
    expect(kept.filter(({ data }) => data.dropped === true)).toHaveLength(1);
    expect(kept.filter(({ type, data }) => type === 'log' && data.dropped !== true)).toHaveLength(place);
    expect(kept.slice(-2).map(({ type }) => type)).toEqual(['tool_complete', 'scan_complete']);
  }
  expect(admit(FULL_AT, false, batch).map(({ type }) => type)).toEqual(['tool_complete', 'scan_complete']);
  expect(admit(MOST_EVENTS, false, batch).map(({ type }) => type)).toEqual(['scan_complete']);
});

test('the worst that a tool can print stays below 64 MiB', () => {
  const worst = (place: number) =>
    Buffer.byteLength(String(admit(place, false, [log('x'.repeat(1e5))])[0]?.data.line));
  expect(4096 * worst(0) + (FULL_AT - 4096) * worst(5000)).toBeLessThan(64 * 1024 * 1024);
});
