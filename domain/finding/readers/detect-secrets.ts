import type { Severity } from '../../../contracts/finding.ts';
import { DRAFT_DEFAULTS, type FindingDraft } from '../draft.ts';
import { isObject, type JsonObject, textOf } from '../reading/json-values.ts';
import { draftsOf, lines, type NativeReader, unlike } from './native-reader.ts';

/** Its results are an object from file to list; several of its detectors may name the same secret, which is one finding. */
export const readDetectSecrets: NativeReader = (report, context) => {
  if (!isObject(report) || !isObject(report.results)) throw unlike('detect-secrets');
  const drafts = Object.entries(report.results).flatMap(([file, list]) => {
    if (!Array.isArray(list)) {
      context.problems.add('malformed_result', 'the results of a file are no list', context.path(file));
      return [];
    }
    const once = onePerSecret(list);
    return draftsOf(once, `results[${JSON.stringify(file)}]`, context, (entry): FindingDraft | undefined => {
      const rule = textOf(entry.type);
      if (rule === undefined) return undefined;
      return {
        ...DRAFT_DEFAULTS,
        kind: 'secret',
        tool: context.tool,
        rule,
        title: rule,
        severity: severityOf(rule),
        confidence: entry.is_verified === true ? 'high' : isGuess(rule) ? 'low' : 'medium',
        message: `${rule} found`,
        location: lines(context.path(file), entry.line_number, entry.line_number),
      };
    });
  });
  return { drafts, toolVersion: textOf(report.version) ?? null };
};

/** A detector that knows what it sees speaks for those that only see a keyword or much randomness in the same line. */
function onePerSecret(list: readonly unknown[]): unknown[] {
  const best = new Map<string, unknown>();
  const known = new Set<unknown>();
  for (const entry of list)
    if (isObject(entry) && !isGuess(textOf(entry.type) ?? '')) known.add(entry.line_number);
  for (const [at, entry] of list.entries()) {
    if (!isObject(entry)) best.set(`#${at}`, entry);
    else if (!isGuess(textOf(entry.type) ?? '') || !known.has(entry.line_number))
      keepBetter(best, `${textOf(entry.hashed_secret) ?? `#${at}`} ${entry.line_number}`, entry);
  }
  return [...best.values()];
}

function keepBetter(best: Map<string, unknown>, key: string, entry: JsonObject): void {
  const other = best.get(key);
  if (!isObject(other) || order(entry) < order(other)) best.set(key, entry);
}

const order = (entry: JsonObject): string =>
  `${isGuess(textOf(entry.type) ?? '') ? 1 : 0} ${textOf(entry.type) ?? ''}`;

const isGuess = (type: string): boolean => /entropy|keyword/i.test(type);

function severityOf(type: string): Severity {
  if (/private key/i.test(type)) return 'critical';
  return isGuess(type) ? 'medium' : 'high';
}
