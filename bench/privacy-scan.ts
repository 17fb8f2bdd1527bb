import { createDetector } from '../domain/sanitize/create-detector.ts';
import { DEFAULT_PRIVACY_POLICY } from '../domain/sanitize/default-privacy-policy.ts';
import { openInspector } from '../services/privacy/open-inspector.ts';
import { alternate, clock, median } from './alternate.ts';
import type { Bench } from './bench.ts';

const FILES = 96;
const SIZE = 64 * 1024;
const WARM_UPS = 3;
const ROUNDS = 9;

/** What it costs to tell the format of a file, to read it in a thread of its own and to judge it, besides looking for kinds. */
export const privacyScan: Bench = {
  name: 'privacy-scan',
  about:
    'texts of 64 KiB looked into by the privacy gate with one thread, beside its bare detector in a loop',
  run: async (report) => {
    report(`writing ${FILES} texts, some with personal data`);
    const texts = Array.from({ length: FILES }, (_, number) => textOf(number));
    const files = texts.map((text, number) => ({ name: `${number}.txt`, bytes: Buffer.from(text) }));
    const detector = createDetector(DEFAULT_PRIVACY_POLICY, 'documents');
    const inspector = openInspector({ threads: 1, maxBytes: 16 * SIZE });
    const withFinds = texts.filter((text) => detector.detect(text).length > 0).length;
    let seen = 0;
    const gate = async () => {
      const looked = await Promise.all(
        files.map(({ name, bytes }) =>
          inspector.inspect(
            { name, size: bytes.length, body: bytes },
            { policy: DEFAULT_PRIVACY_POLICY, as: 'documents' },
          ),
        ),
      );
      seen = looked.filter(({ inspection }) => inspection.action === 'quarantine').length;
    };
    try {
      const [ofGate, ofDetector] = [
        spending(gate),
        spending(async () => texts.forEach((text) => void detector.detect(text))),
      ];
      const { a, b } = await alternate(
        { a: ofGate.run, b: ofDetector.run },
        { warmUps: WARM_UPS, runs: ROUNDS },
      );
      // what is fast because it looks at nothing must not count
      if (seen !== withFinds) throw new Error(`the gate held back ${seen} of ${withFinds} texts`);
      const mib = texts.reduce((sum, text) => sum + text.length, 0) / 1024 / 1024;
      const perSecond = (ms: number) => (mib * 1000) / ms;
      return {
        ratios: { gate_to_detector: b / a },
        figures: {
          gate_mib_per_cpu_s: perSecond(a),
          detector_mib_per_cpu_s: perSecond(b),
          gate_mib_per_s: perSecond(median(ofGate.walls.slice(WARM_UPS))),
          detector_mib_per_s: perSecond(median(ofDetector.walls.slice(WARM_UPS))),
        },
        goals: [{ of: 'gate_to_detector', atLeast: 0.7 }],
      };
    } finally {
      await inspector.close();
    }
  },
};

/**
 * Processor time of all threads. The gate feeds its thread from another one: by the clock it would be compared with the
 * detector on fewer processors than it has itself, and whoever else uses them would decide which of the two is faster.
 */
function spending(work: () => Promise<unknown>): { run: () => Promise<number>; walls: number[] } {
  const walls: number[] = [];
  const run = async () => {
    const before = process.cpuUsage();
    walls.push(await clock(work));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  return { run, walls };
}

/** Sentences as reports, mails and minutes have them; every eighth text has a few addresses and numbers in it. */
function textOf(number: number): string {
  let state = number * 7919 + 17;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % limit;
  };
  const parts: string[] = [];
  let length = 0;
  while (length < SIZE - 80) {
    const isPlanted = number % 8 === 0 && below(400) === 0;
    const part = isPlanted
      ? ` Write to c${below(9999)}${'@'}fastpost.de or call +49 30 9018 ${1000 + below(9000)}.`
      : `${WORDS[below(WORDS.length)]}${below(14) === 0 ? '.\n' : ' '}`;
    parts.push(part);
    length += part.length;
  }
  return parts.join('');
}

const WORDS =
  'The quarterly report shows that revenue in the northern region grew by 12 percent, while the number of customers who returned goods fell. On 2024-03-01 the board agreed to extend the contract until 31.12.2026 and to ask the auditors again; version 4.18.2 of the plan (page 17) names 1,250 units at 19.90 each, see https://intranet.fastpost.de/plan?id=4711 for details.'.split(
    ' ',
  );
