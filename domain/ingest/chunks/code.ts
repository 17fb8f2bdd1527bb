import { BEGINS, type Beginning, type Line, linesOf } from './line.ts';

/**
 * Source code by how it is laid out: what stands at the margin begins something, with the remarks above it; the less a line is
 * indented, the better a chunk can begin there. No language is parsed: half a file, and one with faults, is read as well.
 */
export function codeLines(text: string, first: number): Line[] {
  const lines = linesOf(text, first);
  const step = indentStep(lines);
  const names: { readonly indent: number; readonly name: string }[] = [];
  const starts = lines.map(({ text: line, isCut }) => (isCut ? -1 : indentOf(line)));
  const declarations = lines.map(({ text: line, isCut }) => (isCut ? undefined : declared(line)));
  return lines.map(({ text: line, number, isCut }, at): Line => {
    const indent = starts[at] ?? -1;
    if (indent >= 0 && !CLOSING.test(line.trimStart().slice(0, 12))) {
      const name = declarations[at];
      while (names.length > 0 && (names.at(-1)?.indent ?? 0) >= indent) names.pop();
      if (name !== undefined && names.length < DEEPEST) names.push({ indent, name });
    }
    const ahead = names.length > 0 ? undefined : nameBelow(lines, declarations, at);
    const title = ahead ?? names.map(({ name }) => name).join(' > ');
    return {
      text: line,
      number,
      begins: isCut ? BEGINS.within : beginning(lines, { starts, declarations }, at, step),
      title,
    };
  });
}

const DEEPEST = 6;
const CLOSING = /^(?:[)}\]]|end\b|else\b|elif\b|except\b|catch\b|finally\b)/;
const REMARK = /^(?:\/\/|\/\*|\*|#|--|;|@|<!--|"""|\[)/;

function beginning(
  lines: readonly { readonly text: string }[],
  { starts, declarations }: { starts: readonly number[]; declarations: readonly (string | undefined)[] },
  at: number,
  step: number,
): Beginning {
  const [line, indent] = [lines[at]?.text.trimStart() ?? '', starts[at] ?? -1];
  if (indent < 0 || CLOSING.test(line.slice(0, 12))) return BEGINS.line;
  const above = lines[at - 1]?.text.trimStart() ?? '';
  const belongsAbove = above !== '' && REMARK.test(above) && starts[at - 1] === indent;
  if (belongsAbove) return BEGINS.line;
  const isAfterGap = above === '';
  const isNamed = declarations[at] !== undefined || (REMARK.test(line) && isAfterGap);
  if (indent === 0) return isAfterGap || isNamed ? BEGINS.block : BEGINS.inner;
  if (indent <= step) return isAfterGap || isNamed ? BEGINS.inner : BEGINS.line;
  return isAfterGap ? BEGINS.sentence : BEGINS.line;
}

/** A remark at the margin speaks of what it stands above. */
function nameBelow(
  lines: readonly { readonly text: string }[],
  declarations: readonly (string | undefined)[],
  at: number,
): string | undefined {
  for (let below = at; below < Math.min(lines.length, at + 12); below += 1) {
    const line = lines[below]?.text ?? '';
    const name = declarations[below];
    if (name !== undefined) return name;
    if (line.trim() !== '' && !REMARK.test(line.trimStart())) return undefined;
  }
  return undefined;
}

/** Columns before the first sign; -1 for an empty line. */
function indentOf(line: string): number {
  let columns = 0;
  for (let at = 0; at < line.length && at < 400; at += 1) {
    if (line[at] === ' ') columns += 1;
    else if (line[at] === '\t') columns += 4;
    else return columns;
  }
  return -1;
}

function indentStep(lines: readonly { readonly text: string }[]): number {
  for (const { text } of lines.slice(0, 2000)) {
    const indent = indentOf(text);
    if (indent >= 2 && !text.trimStart().startsWith('*')) return Math.min(indent, 8);
  }
  return 4;
}

function declared(line: string): string | undefined {
  const part = line.slice(0, 300).trimStart();
  for (const pattern of DECLARATIONS) {
    const name = pattern.exec(part)?.[1];
    if (name !== undefined && !WORDS.has(name)) return name;
  }
  return undefined;
}

const BEFORE =
  '(?:(?:export|default|public|private|protected|internal|static|final|abstract|async|override|virtual|unsafe|extern|inline|const|sealed|partial|open|data|pub(?:\\([a-z]{1,8}\\))?|declare|readonly)\\s{1,4}){0,6}';
const DECLARATIONS: readonly RegExp[] = [
  new RegExp(
    `^${BEFORE}(?:function\\s?\\*?|class|interface|enum|struct|trait|type|module|namespace|def|fn|fun|object|record|protocol|extension|sub|proc|defmodule|defp?)\\s{1,4}([\\w$.]{1,100})`,
  ),
  /^func\s{1,4}(?:\([^)]{1,80}\)\s{0,4})?(\w{1,100})/,
  /^impl(?:<[^>]{1,60}>)?\s{1,4}([\w:<>& ]{1,100}?)\s{0,4}\{/,
  /^(?:export\s{1,4})?(?:const|let|var)\s{1,4}([\w$]{1,100})\s{0,4}(?::[^=]{1,120})?=\s{0,4}(?:async\s{0,4})?(?:function|\(|[\w$]{1,60}\s{0,4}=>)/,
  /^(?:CREATE|create)\s{1,4}(?:OR\s{1,4}REPLACE\s{1,4}|or\s{1,4}replace\s{1,4})?(?:TABLE|VIEW|FUNCTION|PROCEDURE|INDEX|TRIGGER|table|view|function|procedure|index|trigger)\s{1,4}([\w."]{1,100})/,
  new RegExp(`^${BEFORE}(?:[\\w<>\\[\\],.?&*:]{1,80}\\s{1,4})([\\w$]{1,80})\\s?\\([^;={]{0,250}\\{\\s{0,4}$`),
  /^([\w-]{1,80})\s?\(\)\s{0,4}\{/,
];
const WORDS: ReadonlySet<string> = new Set([
  'if',
  'for',
  'while',
  'switch',
  'catch',
  'return',
  'else',
  'do',
  'new',
  'function',
]);
