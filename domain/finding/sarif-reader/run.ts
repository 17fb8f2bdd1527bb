import { cleanLine, MAX_TEXT } from '../reading/clean-text.ts';
import { type JsonObject, objectOf, textOf } from '../reading/json-values.ts';
import { type ArtifactPaths, createArtifactPaths } from './artifact-path.ts';
import type { RuleFacts } from './rule-facts.ts';
import { createRules, type Rule, type Rules } from './rules.ts';
import { createWeights, type Weight } from './severity.ts';

export type ReportTool = { readonly name: string; readonly version: string | null };

/** A run, and what its results refer to. */
export type Run = {
  readonly json: JsonObject;
  readonly tool: ReportTool;
  readonly rules: Rules;
  readonly paths: ArtifactPaths;
  readonly weightOf: (result: JsonObject, rule: Rule | undefined) => Weight;
  readonly factsOf: (rule: Rule | undefined, work: () => RuleFacts) => RuleFacts;
};

export type RunOptions = {
  /** The name to give to the tool, when we started it ourselves and know it better. */
  readonly tool?: string;
  /** Where the source lay when the tool looked at it, absolute. */
  readonly root?: string;
};

export const UNKNOWN_TOOL = 'unknown';

export function createRun(json: JsonObject, { tool, root }: RunOptions): Run {
  const driver = objectOf(objectOf(json.tool).driver);
  const version = textOf(driver.semanticVersion) ?? textOf(driver.version);
  const facts = new Map<JsonObject | undefined, RuleFacts>();
  return {
    json,
    tool: {
      name: tool ?? (cleanLine(textOf(driver.name) ?? '', MAX_TEXT.name) || UNKNOWN_TOOL),
      version: version === undefined ? null : cleanLine(version, 64),
    },
    rules: createRules(json),
    paths: createArtifactPaths(json, root),
    weightOf: createWeights(json),
    factsOf: (rule, work) => {
      const known = facts.get(rule?.descriptor) ?? work();
      facts.set(rule?.descriptor, known);
      return known;
    },
  };
}
