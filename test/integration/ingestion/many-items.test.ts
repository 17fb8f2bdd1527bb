// needs: postgres, temporal
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { until } from '../local/processes.ts';
import { startWithWorker, type WithWorker } from './worker-process.ts';

const MINUTE = 60_000;
/** Ten times as many are measured by `npm run bench -- ingest-many`. */
const COUNT = 5_000;
const MOST_MIB = 700;
let zone: WithWorker;

beforeAll(async () => {
  zone = await startWithWorker();
}, MINUTE);
afterAll(() => zone?.close(), MINUTE);

test(
  'thousands of items of one source are counted right on the way and at the end, in little memory, and skipped the next time',
  async () => {
    const files = await zone.keep(
      new Map(
        Array.from({ length: COUNT }, (_, n) => [`pages/${n}.md`, `# Page ${n}\n\nA heron, number ${n}.\n`]),
      ),
    );
    const id = await zone.ingest('many', files);
    const seen = await until('some of it is done', async () => {
      const view = await zone.show(id);
      return view.done > 0 ? view : undefined;
    });
    expect(seen.listed).toBe(seen.done);
    expect(await zone.ended(id)).toMatchObject({
      ...{
        state: 'done',
        done: COUNT,
        failed: 0,
        skipped: 0,
        records: COUNT,
        listed: COUNT,
        eta_seconds: null,
      },
      bytes: files.reduce((sum, { size }) => sum + size, 0),
    });
    expect(new Set(await zone.locations()).size).toBe(COUNT);
    expect(await peakOf(zone.its.workers.pidOf('ingest'))).toBeLessThan(MOST_MIB);

    const again = await zone.ingest('many', files);
    expect(await zone.ended(again)).toMatchObject({ state: 'done', done: 0, skipped: COUNT, records: 0 });
    expect(await zone.locations()).toHaveLength(COUNT);
  },
  4 * MINUTE,
);

/** MiB: the most that a process ever had, by the kernel's own account. */
async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
