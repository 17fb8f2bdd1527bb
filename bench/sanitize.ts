import { createSanitizer } from '../domain/sanitize/operators/sanitize.ts';
import { median } from './alternate.ts';
import type { Bench, Goal } from './bench.ts';
import { filtering } from './sanitize/filtering.ts';
import { slowest } from './sanitize/hostile.ts';
import { mixedText } from './sanitize/mixed-text.ts';
import { presidio } from './sanitize/presidio.ts';

const MB = 1_000_000;
const BLOCK = 4 * MB;
const ROUNDS = 5;
const DOCUMENT = 10_000;
const PEER_DOCUMENTS = 30;
const HOSTILE = 256 * 1024;

/** By processor time: others may be using the machine meanwhile. */
export const sanitize: Bench = {
  name: 'sanitize',
  about:
    'mixed text masked in memory and by the command as a filter, beside hostile text, and beside Presidio without a model (--full: 1 GB)',
  run: async (report, words) => {
    const text = mixedText(BLOCK);
    const bytes = Buffer.from(text);
    const sanitizer = createSanitizer();
    report(`masking ${(bytes.length / MB).toFixed(1)} MB of mixed text`);
    const times = Array.from({ length: ROUNDS + 2 }, () => cpuSeconds(() => sanitizer.sanitize(text)));
    const { findings } = sanitizer.sanitize(text);
    // what is fast because it finds nothing must not count
    if (findings.length < 100) throw new Error(`only ${findings.length} finds`);
    const rate = bytes.length / MB / median(times.slice(2));

    const streams = await streamed(
      bytes,
      report,
      words.includes('--full') ? [16, 64, 256, 1000] : [16, 64, 256],
    );
    report('each recogniser on texts that are made to be slow');
    const hostile = slowest(mixedText(HOSTILE));
    for (const { type, piece, ratio } of hostile.slice(0, 5))
      report(`  ${type}: ${ratio.toFixed(2)} times plain text, of ${JSON.stringify(piece)}`);

    const peer = await besidePeer(report);
    const goals: Goal[] = [
      { of: 'mb_per_cpu_s', atLeast: 5 },
      { of: 'slope_256_to_64', atMost: 1.2 },
      { of: 'memory_256_to_64', atMost: 1.2 },
      { of: 'hostile_growth', atMost: 1.6 },
      { of: 'hostile_to_plain', atMost: 40 },
    ];
    return {
      ratios: {
        ...streams.ratios,
        hostile_to_plain: hostile[0]?.ratio ?? 0,
        hostile_growth: Math.max(...hostile.map(({ growth }) => growth)),
        ...peer,
      },
      figures: {
        mb_per_cpu_s: rate,
        finds_per_mb: findings.length / (bytes.length / MB),
        ...streams.figures,
      },
      goals: 'times_presidio' in peer ? [...goals, { of: 'times_presidio', atLeast: 50 }] : goals,
    };
  },
};

function cpuSeconds(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** What more text takes, for each megabyte that it has more: the start of the process is in none of them. */
async function streamed(block: Buffer, report: (line: string) => void, sizes: readonly number[]) {
  const figures: Record<string, number> = {};
  const slopes = new Map<number, number>();
  const peaks = new Map<number, number>();
  let before: { readonly mb: number; readonly cpuSeconds: number } | undefined;
  for (const size of sizes) {
    const rounds = Math.round((size * MB) / block.length);
    const mb = (rounds * block.length) / MB;
    const { cpuSeconds: seconds, peakMib } = await filtering(block, rounds);
    report(
      `${mb.toFixed(0)} MB through the command: ${seconds.toFixed(1)} s of a processor, ${peakMib.toFixed(0)} MiB`,
    );
    figures[`stream_${size}_mb_per_cpu_s`] = mb / seconds;
    figures[`stream_${size}_peak_mib`] = peakMib;
    peaks.set(size, peakMib);
    if (before !== undefined) slopes.set(size, (seconds - before.cpuSeconds) / (mb - before.mb));
    before = { mb, cpuSeconds: seconds };
  }
  const ratio = (of: Map<number, number>, size: number) => (of.get(size) ?? 0) / (of.get(64) ?? 1);
  const ratios: Record<string, number> = {};
  for (const size of sizes.filter((one) => one > 64)) {
    ratios[`slope_${size}_to_64`] = ratio(slopes, size);
    ratios[`memory_${size}_to_64`] = ratio(peaks, size);
  }
  return { figures, ratios };
}

/** The same documents, one after the other, by both. */
async function besidePeer(report: (line: string) => void): Promise<Record<string, number>> {
  const texts = Array.from({ length: PEER_DOCUMENTS }, (_, number) => mixedText(DOCUMENT, number + 2));
  const theirs = await presidio(texts, report);
  if ('reason' in theirs) {
    report(`without the peer: ${theirs.reason}`);
    return {};
  }
  const sanitizer = createSanitizer();
  const detectAll = () =>
    texts.map((text) => sanitizer.detect(text).length).reduce((sum, count) => sum + count, 0);
  const ours = Array.from({ length: 2 * ROUNDS }, () => cpuSeconds(detectAll)).slice(ROUNDS);
  report(
    `the peer: ${theirs.recognizers} recognisers, ${theirs.found} finds in ${theirs.seconds.toFixed(2)} s; we ${detectAll()} in ${median(ours).toFixed(3)} s`,
  );
  return { times_presidio: theirs.seconds / median(ours) };
}
