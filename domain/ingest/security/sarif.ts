import type { FindingDraft } from '../../finding/draft.ts';
import type { JsonObject } from '../../finding/reading/json-values.ts';
import { isObject, listOf, objectOf } from '../../finding/reading/json-values.ts';
import { readSarif } from '../../finding/sarif-reader/read-sarif.ts';
import { resultDraft } from '../../finding/sarif-reader/result-draft.ts';
import { createRun, type Run } from '../../finding/sarif-reader/run.ts';
import type { Draft } from '../draft.ts';
import { type Desk, recordsOf } from './desk.ts';
import { findingRecord } from './finding-record.ts';
import type { Slices } from './json-slices.ts';
import { reportRecord, tally } from './report-record.ts';

export const isSarif = ({ version, runs }: JsonObject): boolean => version === '2.1.0' && Array.isArray(runs);

/** In these lists the results of a log are. */
export const isListOfResults = (path: string): boolean => /^runs\/\d{1,6}\/results$/.test(path);

/** Every result of every run, each read by itself: a log has as many as it likes. Behind those of a run comes what it was. */
export function* sarifRecords({ rest, list }: Slices, whole: () => Buffer, desk: Desk): Generator<Draft> {
  if (listOf(rest.inlineExternalProperties).length > 0) {
    yield* scatteredRecords(whole(), desk);
    return;
  }
  for (const [at, json] of listOf(rest.runs).entries()) {
    if (!isObject(json)) {
      desk.lost('damaged', `run ${at + 1}`);
      continue;
    }
    const run = createRun(json, {});
    const findings = new Map<string, number>();
    const path = `runs/${at}/results`;
    let unreadable = 0;
    const count = () => {
      unreadable += 1;
    };
    const results = list(path, count);
    const drafts = draftsIn(results ?? [], run, count);
    for (const record of recordsOf(drafts, (draft) => findingRecord(draft, desk), desk)) {
      tally(findings, record);
      yield record;
    }
    if (unreadable > 0) desk.lost('damaged', `${unreadable} results of run ${at + 1}`);
    if (results === undefined) desk.lost('damaged', `results of run ${at + 1}`);
    yield reportRecord(
      { tool: run.tool.name, version: run.tool.version, format: 'sarif', run: at, findings, notices: [] },
      desk,
    );
  }
}

function* draftsIn(results: Iterable<unknown>, run: Run, count: () => void): Generator<FindingDraft> {
  for (const result of results) {
    if (objectOf(result).baselineState === 'absent') continue;
    const draft = isObject(result) ? resultDraft(result, run) : undefined;
    if (draft === undefined || typeof draft === 'string') count();
    else yield draft;
  }
}

/** Whose results lie elsewhere in it: few programs write so, and none of them much. */
function* scatteredRecords(report: Buffer, desk: Desk): Generator<Draft> {
  const { drafts, problems, tools } = readSarif(report);
  const findings = new Map<string, number>();
  for (const record of recordsOf(drafts, (draft) => findingRecord(draft, desk), desk)) {
    tally(findings, record);
    yield record;
  }
  if (problems.some(({ code }) => code === 'too_many_results' || code === 'report_too_large'))
    desk.lost('too_large', 'results');
  if (problems.some(({ code }) => code === 'malformed_result')) desk.lost('damaged', 'results');
  const [first] = tools;
  yield reportRecord(
    {
      ...{ tool: first?.name ?? 'unknown', version: first?.version ?? null, format: 'sarif', findings },
      notices: problems.map(({ message }) => message),
    },
    desk,
  );
}
