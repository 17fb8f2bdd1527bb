import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { read } from '../../../activities/scan/reports/report-thread.ts';

const MIB = 1024 * 1024;
const LOG = JSON.stringify({
  version: '2.1.0',
  runs: [{ tool: { driver: { name: 'T' } }, results: [{ ruleId: 'R', message: { text: 'm' } }] }],
});

describe('an imported report', () => {
  test('is unpacked and read', () => {
    expect(read(gzipSync(LOG))).toMatchObject({ findings: [{ rule: 'R' }], problems: [] });
    expect(read(gzipSync(LOG + ' '.repeat(20 * MIB)))).toMatchObject({ findings: [{ rule: 'R' }] });
  });

  test('that unpacks to more than 128 MiB is none', () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from(LOG), Buffer.alloc(128 * MIB, ' ')]));
    expect(bomb.length).toBeLessThan(MIB);
    expect(read(bomb)).toEqual({ unreadable: `it unpacks to more than ${128 * MIB} bytes` });
  });

  test('that is not packed at all says so', () => {
    expect(read(Buffer.from(LOG))).toEqual({ unreadable: 'it is no gzip' });
  });
});
