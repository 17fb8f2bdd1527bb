import { BEGINS, type Line, wholeCharacter } from './line.ts';

export type Group = {
  readonly text: string;
  readonly title: string;
  readonly from: number;
  readonly to: number;
};

/**
 * Lines as chunks of a size at which a search finds something and a person can read it. Each ends at the best place that there
 * is; only where a paragraph or a function had to be cut does the next one begin with the end of it.
 */
export function* pack(lines: readonly Line[]): Generator<Group> {
  for (let start = 0; start < lines.length; ) {
    const end = endOf(lines, start);
    const group = groupOf(lines, start, end);
    if (group !== undefined) yield group;
    start = end;
  }
}

const LEAST = 700;
const MOST = 1500;
const OVERLAP = 150;

function endOf(lines: readonly Line[], start: number): number {
  let [size, best, score, saysMore] = [0, -1, -1, false];
  for (let at = start; at < lines.length; at += 1) {
    const { text, begins } = lines[at] as Line;
    if (saysMore && begins === BEGINS.section) return at;
    saysMore ||= begins !== BEGINS.section && text.trim() !== ''; // a heading alone goes with what it is above
    if (at > start && size >= LEAST && begins >= score) [best, score] = [at, begins];
    size += text.length + 1;
    if (size > MOST && at > start) return best === -1 ? at : best;
  }
  return lines.length;
}

function groupOf(lines: readonly Line[], start: number, end: number): Group | undefined {
  let [from, to] = [start, end];
  while (from < to && lines[from]?.text.trim() === '') from += 1;
  while (to > from && lines[to - 1]?.text.trim() === '') to -= 1;
  const [first, last] = [lines[from], lines[to - 1]];
  // of headings without a text between them the last one tells
  let titled = from;
  while (titled < to - 1 && (lines[titled]?.begins === BEGINS.section || lines[titled]?.text.trim() === ''))
    titled += 1;
  if (from === to || first === undefined || last === undefined) return undefined;
  const text = joined(lines, from, to);
  const isCut = from === start && start > 0 && first.begins < BEGINS.inner;
  return {
    text: (isCut ? endingOf(lines, start, first.begins) : '') + text,
    title: lines[titled]?.title ?? first.title,
    from: first.number,
    to: last.number,
  };
}

/** Parts of one line go together again without anything between them. */
function joined(lines: readonly Line[], from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += 1) {
    const line = lines[at] as Line;
    text += (at > from && line.number !== (lines[at - 1] as Line).number ? '\n' : '') + line.text;
  }
  return text;
}

function endingOf(lines: readonly Line[], end: number, begins: Line['begins']): string {
  if (begins === BEGINS.within || begins === BEGINS.sentence) {
    const before = lines[end - 1]?.text ?? '';
    const start = wholeCharacter(before, Math.max(0, before.length - OVERLAP));
    const space = start === 0 ? -1 : before.indexOf(' ', start);
    return before.slice(space === -1 ? start : space + 1);
  }
  let [from, size] = [end, 0];
  while (from > 0 && size + (lines[from - 1]?.text.length ?? 0) + 1 <= OVERLAP) {
    from -= 1;
    size += (lines[from] as Line).text.length + 1;
    if ((lines[from] as Line).begins >= BEGINS.paragraph) break;
  }
  const text = joined(lines, from, end);
  return text.trim() === '' ? '' : `${text}\n`;
}
