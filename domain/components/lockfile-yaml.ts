import { Unreadable } from './component.ts';
import type { YamlNode } from './lockfile-yaml-node.ts';
import { readFlow, readKey, readScalar } from './lockfile-yaml-scalars.ts';

/**
 * The YAML that lockfiles are written in, and no more: blocks, scalars and flows of one line. No anchors, aliases, tags
 * or merges, so nothing in it can grow, and one pass over the lines is enough; whatever else YAML has is refused rather
 * than misread. Every scalar is a text. Returns the documents of the stream.
 */
export function parseLockfileYaml(text: string): YamlNode[] {
  const reader = new BlockReader(text.split(/\r?\n/));
  return reader.documents();
}

const MAX_DEPTH = 64;

type Line = { readonly number: number; readonly indent: number; readonly text: string };

class BlockReader {
  readonly #lines: readonly string[];
  #at = 0;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  documents(): YamlNode[] {
    const documents: YamlNode[] = [];
    while (this.#peek() !== null) {
      if (this.#peek()?.text === '---') this.#at += 1;
      const line = this.#peek();
      if (line === null || line.text === '---') continue;
      if (line.indent !== 0) refuse(line.number);
      documents.push(this.#block(0, 0));
      const next = this.#peek();
      if (next !== null && next.text !== '---') refuse(next.number);
    }
    return documents;
  }

  /** The next line that says something. */
  #peek(): Line | null {
    for (; this.#at < this.#lines.length; this.#at += 1) {
      const raw = this.#lines[this.#at] as string;
      const indent = raw.length - raw.trimStart().length;
      const text = raw.slice(indent).trimEnd();
      if (text === '' || text.startsWith('#')) continue;
      if (raw.slice(0, indent).includes('\t') || /^[%&*!|>@`]/.test(text)) refuse(this.#at + 1);
      return { number: this.#at + 1, indent, text };
    }
    return null;
  }

  #block(indent: number, depth: number): YamlNode {
    const first = this.#peek() as Line;
    if (depth > MAX_DEPTH) refuse(first.number);
    return isItem(first) ? this.#sequence(indent, depth) : this.#mapping(indent, depth);
  }

  #mapping(indent: number, depth: number): YamlNode {
    const map = new Map<string, YamlNode>();
    const start = (this.#peek() as Line).number;
    for (let line = this.#peek(); isAt(line, indent) && !isItem(line); line = this.#peek()) {
      const found = this.#longKey(line) ?? readKey(line.text) ?? refuse(line.number);
      if (map.has(found.key)) refuse(line.number);
      this.#at += 1;
      map.set(found.key, this.#value(found.rest, line, indent, depth));
    }
    this.#requireEnd(indent);
    return { line: start, value: map };
  }

  /** `? key` on a line of its own and `: value` on the next, as keys of more than a thousand characters are written. */
  #longKey({ text, indent }: Line): { key: string; rest: string } | undefined {
    const key = text.startsWith('? ') ? readScalar(text.slice(2)) : undefined;
    if (key === undefined) return undefined;
    this.#at += 1;
    const next = this.#peek();
    return isAt(next, indent) && /^:( |$)/.test(next.text)
      ? { key, rest: next.text.slice(1).trim() }
      : undefined;
  }

  #sequence(indent: number, depth: number): YamlNode {
    const items: YamlNode[] = [];
    const start = (this.#peek() as Line).number;
    for (let line = this.#peek(); isAt(line, indent) && isItem(line); line = this.#peek()) {
      const rest = line.text.slice(1).trimStart();
      // "- key: value" is a mapping that begins in the middle of its line, where nothing of ours does: refused.
      if (/^[^'"[{][^'"]*:( |$)/.test(rest) || rest.startsWith('- ')) refuse(line.number);
      this.#at += 1;
      items.push(this.#value(rest, line, indent, depth));
    }
    this.#requireEnd(indent);
    return { line: start, value: items };
  }

  #value(rest: string, { number }: Line, indent: number, depth: number): YamlNode {
    if (/^[|>][-+]?(\s*#.*)?$/.test(rest)) return { line: number, value: this.#blockScalar(indent) };
    if (rest !== '' && !rest.startsWith('#')) return this.#inline(rest, number);
    const next = this.#peek();
    const isNested = next !== null && (next.indent > indent || (next.indent === indent && isItem(next)));
    if (!isNested || next.text === '---') return { line: number, value: null };
    return { line: number, value: this.#block(next.indent, depth + 1).value };
  }

  /** Text over several lines; its words are joined, since only descriptions are written like this. */
  #blockScalar(indent: number): string {
    const words: string[] = [];
    for (; this.#at < this.#lines.length; this.#at += 1) {
      const raw = this.#lines[this.#at] as string;
      if (raw.trim() !== '' && raw.length - raw.trimStart().length <= indent) break;
      words.push(raw.trim());
    }
    return words.join(' ').trim();
  }

  #inline(rest: string, number: number): YamlNode {
    if (rest.startsWith('{') || rest.startsWith('[')) return readFlow(rest, number) ?? refuse(number);
    let text = rest;
    let value = readScalar(text);
    // A quoted text may go on over the next lines.
    while (
      value === undefined &&
      /^['"]/.test(rest) &&
      this.#at < this.#lines.length &&
      text.length < MAX_TEXT
    ) {
      text += ` ${(this.#lines[this.#at] as string).trim()}`;
      this.#at += 1;
      value = readScalar(text);
    }
    return value === undefined ? refuse(number) : { line: number, value };
  }

  #requireEnd(indent: number): void {
    const next = this.#peek();
    if (next !== null && next.indent > indent) refuse(next.number);
  }
}

/** Reading a quoted text that never ends, line by line, would take for ever. */
const MAX_TEXT = 20_000;

const isItem = (line: Line): boolean => line.text === '-' || line.text.startsWith('- ');
const isAt = (line: Line | null, indent: number): line is Line =>
  line !== null && line.indent === indent && line.text !== '---';

function refuse(line: number): never {
  throw new Unreadable(`line ${line} is not YAML as lockfiles are written in it`);
}
