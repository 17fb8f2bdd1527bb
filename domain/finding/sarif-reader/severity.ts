import type { Finding, Severity } from '../../../contracts/finding.ts';
import { indexOf, type JsonObject, listOf, numberOf, objectOf, textOf } from '../reading/json-values.ts';
import { confidenceOfWord, scoreOf, severityOfScore, severityOfWord } from '../reading/severity-scale.ts';
import type { Rule } from './rules.ts';

export type Weight = Pick<Finding, 'severity' | 'source_severity' | 'score' | 'confidence'>;

/**
 * How bad a result of one run is. A score tells more than a level, so it goes first; then what the tool says in words of
 * its own; then the level, which is the result's, else the one the invocation was configured with, else the rule's; then
 * the rank. A result that is not a failure is none at all.
 */
export function createWeights(run: JsonObject): (result: JsonObject, rule: Rule | undefined) => Weight {
  const configurationOf = createConfigurations(run);
  return (result, rule) => {
    const own = objectOf(result.properties);
    const general = objectOf(rule?.descriptor.properties);
    const score = scoreOf(numberOf(own['security-severity']) ?? numberOf(general['security-severity']));
    const confidence = confidenceFrom(own, general);
    const answer = (severity: Severity, source: string | null): Weight => ({
      severity,
      source_severity: source,
      score,
      confidence,
    });

    const kind = textOf(result.kind) ?? 'fail';
    if (kind !== 'fail') return answer('info', kind);
    if (score !== null) return answer(severityOfScore(score), String(score));
    const word = wordsOf(own, general).find((said) => severityOfWord(said) !== undefined);
    if (word !== undefined) return answer(severityOfWord(word) ?? 'medium', word);
    const configured = configurationOf(result, rule);
    const level = levelOf(result.level) ?? levelOf(configured.level);
    if (level !== undefined) return answer(LEVELS[level], level);
    const said = textOf(general['problem.severity']);
    const spoken = severityOfWord(said);
    if (said !== undefined && spoken !== undefined) return answer(spoken, said);
    const rank = numberOf(result.rank) ?? numberOf(configured.rank);
    if (rank !== undefined && rank >= 0 && rank <= 100)
      return answer(severityOfScore(rank / 10), `rank ${rank}`);
    return answer('medium', null);
  };
}

const LEVELS = { error: 'high', warning: 'medium', note: 'low', none: 'info' } as const;

const levelOf = (level: unknown): keyof typeof LEVELS | undefined =>
  typeof level === 'string' && Object.hasOwn(LEVELS, level) ? (level as keyof typeof LEVELS) : undefined;

function wordsOf(own: JsonObject, general: JsonObject): string[] {
  return [
    own['security-severity'],
    own.issue_severity,
    own.severity,
    own['problem.severity'],
    general['security-severity'],
    general.severity,
  ].filter((word): word is string => typeof word === 'string');
}

/**
 * What a rule was configured to in an invocation. Of one among several only when the result says which; the only one
 * there is needs no naming.
 */
function createConfigurations(run: JsonObject): (result: JsonObject, rule: Rule | undefined) => JsonObject {
  const invocations = listOf(run.invocations);
  const overrides = invocations.map((entry) =>
    listOf(objectOf(entry).ruleConfigurationOverrides).slice(0, MAX_OVERRIDES).map(objectOf),
  );
  const known = new Map<JsonObject, Map<number, JsonObject>>();
  return (result, rule) => {
    if (rule === undefined) return objectOf(undefined);
    const base = objectOf(rule.descriptor.defaultConfiguration);
    const index =
      indexOf(objectOf(result.provenance).invocationIndex) ?? (invocations.length === 1 ? 0 : undefined);
    const candidates = index === undefined ? undefined : overrides[index];
    if (index === undefined || candidates === undefined || candidates.length === 0) return base;
    const ofRule = known.get(rule.descriptor) ?? new Map<number, JsonObject>();
    known.set(rule.descriptor, ofRule);
    const configuration = ofRule.get(index) ?? { ...base, ...overriding(candidates, rule) };
    ofRule.set(index, configuration);
    return configuration;
  };
}

function overriding(overrides: readonly JsonObject[], { descriptor, component }: Rule): JsonObject {
  const matching = overrides.find((override) => {
    const { id, index, guid } = objectOf(override.descriptor);
    if (textOf(id) !== undefined) return id === descriptor.id;
    if (textOf(guid) !== undefined) return guid === descriptor.guid;
    const at = indexOf(index);
    return at !== undefined && listOf(component.rules)[at] === descriptor;
  });
  return objectOf(matching?.configuration);
}

const MAX_OVERRIDES = 1000;

function confidenceFrom(own: JsonObject, general: JsonObject): Finding['confidence'] {
  const words = [own.issue_confidence, own.confidence, own.precision, general.precision, general.confidence];
  for (const word of words) {
    const confidence = confidenceOfWord(textOf(word));
    if (confidence !== null) return confidence;
  }
  return null;
}
