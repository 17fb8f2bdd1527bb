import { TextLines } from '../text/text-lines.ts';
import { analyse, type Finding } from './analyse.ts';
import { JAVASCRIPT } from './javascript.ts';
import { type Program, TooDeep } from './program.ts';
import { PYTHON } from './python.ts';
import { readJavaScript } from './read-javascript.ts';
import { readPython } from './read-python.ts';

export const isAnalysed = (path: string): boolean =>
  /\.(?:[cm]?[jt]s|[jt]sx|pyw?)$/i.test(path) && !/\.d\.[cm]?ts$/i.test(path);

/** Written by a machine: nobody can judge what is found there, and nobody would change it there. */
export const isMinified = (path: string, text: string): boolean =>
  /[.-]min\.[cm]?js$/.test(path) || text.split('\n').some(({ length }) => length > MAX_LINE);

const MAX_LINE = 5000;

export type Analysed = {
  readonly findings: readonly Finding[];
  readonly lines: TextLines;
  /** No when the parser had to leave something out. */
  readonly isWhole: boolean;
};

/** Null for what is no program, or one that is nested as no person would. */
export function analyseText(path: string, text: string): Analysed | null {
  try {
    const isPython = /\.pyw?$/i.test(path);
    const { program, isWhole } = isPython
      ? readPython(text)
      : { program: javaScript(path, text), isWhole: true };
    const findings = analyse(program, isPython ? PYTHON : JAVASCRIPT);
    return { findings: once(findings), lines: new TextLines(text), isWhole };
  } catch (error) {
    // a range error is what an overflow of the stack says, in the parser or here
    if (error instanceof SyntaxError || error instanceof RangeError || error instanceof TooDeep) return null;
    throw error;
  }
}

function javaScript(path: string, text: string): Program {
  return readJavaScript(path, text.replace(/^#!/, '//'));
}

/** What a value is taken apart into is looked at for each part. */
function once(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ rule, start, end }) => {
    const key = `${rule.id} ${start} ${end}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
