export type SarifShape = { readonly results: number; readonly runs: number };

/**
 * A SARIF log as a large pipeline produces it: several tools over the same files, rules with help texts, snippets, code
 * flows, some of it suppressed, some of it seen by two tools. The same shape gives the same bytes.
 */
export const generateSarif = (shape: SarifShape): string => [...parts(shape)].join('');

function* parts({ results, runs }: SarifShape): Generator<string> {
  yield '{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[';
  for (let run = 0; run < runs; run += 1) {
    yield `${run === 0 ? '' : ','}{"tool":{"driver":${JSON.stringify(driver(run))}},`;
    yield '"originalUriBaseIds":{"%SRCROOT%":{"uri":"file:///home/ci/build/shop/"}},"columnKind":"utf16CodeUnits","results":[';
    const own = Math.floor(results / runs) + (run < results % runs ? 1 : 0);
    for (let at = 0; at < own; at += 1) yield `${at === 0 ? '' : ','}${JSON.stringify(result(run, at))}`;
    yield ']}';
  }
  yield ']}';
}

const RULES = 120;
const FILES = 900;

const driver = (run: number) => ({
  name: `analyser-${String(run).padStart(2, '0')}`,
  semanticVersion: `1.${run}.0`,
  rules: Array.from({ length: RULES }, (_, rule) => ({
    id: `sec/${rule}`,
    shortDescription: { text: `Rule ${rule}: input reaches a place where it does harm` },
    help: { text: `Do not do this. ${'Explained at length. '.repeat(20)}` },
    defaultConfiguration: { level: ['error', 'warning', 'note'][rule % 3] },
    properties: {
      tags: ['security', `external/cwe/cwe-${String(20 + (rule % 60)).padStart(3, '0')}`],
      ...(rule % 4 === 0 ? { 'security-severity': ((rule % 100) / 10).toFixed(1) } : {}),
      precision: 'high',
    },
  })),
});

function result(run: number, at: number) {
  const rule = (at * 7 + Math.floor(run / 2)) % RULES;
  // pairs of tools look at the same places, and agree on some of them
  const place = at * 13 + Math.floor(run / 2) * 101;
  const path = `src/part-${place % 30}/file-${place % FILES}.ts`;
  const line = 1 + (place % 2000);
  const location = physical(
    path,
    line,
    `  const value${place} = query("select " + request.body.name${place % 97});`,
  );
  return {
    ruleId: `sec/${rule}`,
    ruleIndex: rule,
    message: {
      text: `The value of [request.body](1) reaches a query in line ${line}, and nothing checks it.`,
    },
    locations: [location],
    ...(at % 5 === 0
      ? { relatedLocations: [{ id: 1, ...physical(path, Math.max(1, line - 5), null) }] }
      : {}),
    ...(at % 10 === 0
      ? {
          codeFlows: [
            {
              threadFlows: [
                { locations: [1, 2, 3].map((step) => ({ location: physical(path, line + step, null) })) },
              ],
            },
          ],
        }
      : {}),
    ...(at % 50 === 0
      ? { suppressions: [{ kind: 'inSource', justification: 'checked by the caller' }] }
      : {}),
    partialFingerprints: { 'primaryLocationLineHash/v1': `${(place * 2654435761) % 4294967296}:1` },
  };
}

const physical = (path: string, line: number, text: string | null) => ({
  physicalLocation: {
    artifactLocation: { uri: path, uriBaseId: '%SRCROOT%' },
    region: {
      startLine: line,
      startColumn: 3,
      endColumn: 40,
      ...(text === null ? {} : { snippet: { text } }),
    },
  },
});
