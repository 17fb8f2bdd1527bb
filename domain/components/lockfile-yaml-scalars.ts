import type { YamlNode } from './lockfile-yaml-node.ts';

/** The key at the start of a line, and what follows its colon. */
export function readKey(text: string): { key: string; rest: string } | undefined {
  const quoted = readQuoted(text, 0);
  if (quoted !== undefined) {
    const rest = text.slice(quoted.end);
    return /^\s*:( |$)/.test(rest) ? { key: quoted.value, rest: rest.replace(/^\s*:\s*/, '') } : undefined;
  }
  if (/^['"[\]{},?]/.test(text)) return undefined;
  const cut = text.endsWith(':') && !text.includes(': ') ? text.length - 1 : text.indexOf(': ');
  return cut <= 0 ? undefined : { key: text.slice(0, cut).trimEnd(), rest: text.slice(cut + 1).trim() };
}

/** A scalar that ends with its line; `undefined` when it does not, or is none of ours. */
export function readScalar(text: string): string | undefined {
  if (/^['"]/.test(text)) {
    const quoted = readQuoted(text, 0);
    return quoted !== undefined && /^\s*(#.*)?$/.test(text.slice(quoted.end)) ? quoted.value : undefined;
  }
  if (/^[&*!|>%@`[\]{},]/.test(text) || /:( |$)/.test(text)) return undefined;
  return text.replace(/\s#.*$/, '').trimEnd();
}

/** `{a: b, 'c': [d]}` on one line. */
export function readFlow(text: string, line: number): YamlNode | undefined {
  const reader = new FlowReader(text, line);
  const node = reader.value(0);
  return node !== undefined && /^\s*(#.*)?$/.test(reader.rest()) ? node : undefined;
}

const MAX_FLOW_DEPTH = 16;

class FlowReader {
  readonly #text: string;
  readonly #line: number;
  #at = 0;

  constructor(text: string, line: number) {
    this.#text = text;
    this.#line = line;
  }

  rest(): string {
    return this.#text.slice(this.#at);
  }

  value(depth: number): YamlNode | undefined {
    if (depth > MAX_FLOW_DEPTH) return undefined;
    this.#space();
    if (this.#take('{')) return this.#mapping(depth);
    if (this.#take('[')) return this.#sequence(depth);
    const value = this.#scalar(/[,\]}]/g);
    return value === undefined ? undefined : { line: this.#line, value };
  }

  #mapping(depth: number): YamlNode | undefined {
    const map = new Map<string, YamlNode>();
    for (this.#space(); !this.#take('}'); this.#space()) {
      const key = this.#scalar(/:(?=[ ,}]|$)|[,\]{}[]/g);
      if (key === undefined || !this.#take(':') || map.has(key)) return undefined;
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      map.set(key, value);
      if (!this.#separator('}')) return undefined;
    }
    return { line: this.#line, value: map };
  }

  #sequence(depth: number): YamlNode | undefined {
    const items: YamlNode[] = [];
    for (this.#space(); !this.#take(']'); this.#space()) {
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      items.push(value);
      if (!this.#separator(']')) return undefined;
    }
    return { line: this.#line, value: items };
  }

  /** Up to what ends it, which stays. */
  #scalar(end: RegExp): string | undefined {
    const quoted = readQuoted(this.#text, this.#at);
    if (quoted !== undefined) {
      this.#at = quoted.end;
      this.#space();
      return quoted.value;
    }
    end.lastIndex = this.#at;
    const stop = end.exec(this.#text)?.index;
    if (stop === undefined || /['"&*!]/.test(this.#text[this.#at] ?? '')) return undefined;
    const value = this.#text.slice(this.#at, stop).trim();
    this.#at = stop;
    return value;
  }

  #separator(closing: string): boolean {
    this.#space();
    return this.#take(',') || this.#text[this.#at] === closing;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #space(): void {
    while (this.#text[this.#at] === ' ') this.#at += 1;
  }
}

function readQuoted(text: string, start: number): { value: string; end: number } | undefined {
  const quote = text[start];
  if (quote !== '"' && quote !== "'") return undefined;
  for (let at = start + 1; at < text.length; at += 1) {
    if (quote === '"' && text[at] === '\\') at += 1;
    else if (text[at] === quote && quote === "'" && text[at + 1] === "'") at += 1;
    else if (text[at] === quote) {
      const value = unescaped(text.slice(start + 1, at), quote);
      return value === undefined ? undefined : { value, end: at + 1 };
    }
  }
  return undefined;
}

/** Of the escapes of double quotes those that JSON has too, which are all that lockfiles use. */
function unescaped(body: string, quote: string): string | undefined {
  if (quote === "'") return body.replaceAll("''", "'");
  if (!body.includes('\\')) return body;
  try {
    return String(JSON.parse(`"${body.replaceAll('\t', '\\t')}"`));
  } catch {
    return undefined;
  }
}
