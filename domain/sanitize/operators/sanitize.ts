import type { PrivacyAction, PrivacyPolicy } from '../../../contracts/privacy.ts';
import { SanitizeOperator } from '../../../contracts/sanitize.ts';
import { createDetector } from '../create-detector.ts';
import type { Detected, DetectHint } from '../detector.ts';
import { MASKED_IN_PLACE } from '../mask-structured.ts';
import { SANITIZING_POLICY } from '../sanitizing-policy.ts';
import { Passes, type Sizes, type Stretch, type TreatView } from '../stream/passes.ts';
import { wantedOf } from './known-finds.ts';
import { knownKinds } from './known-kinds.ts';
import { lookWith } from './look.ts';
import { type Operators, operatorOf, putIn } from './put-in.ts';
import { countsOf, type Finding, type Sanitized } from './sanitized.ts';
import { sanitizeStructured } from './structured.ts';
import { treat } from './treat.ts';
import { readable } from './well-formed.ts';

export type SanitizerOptions = Operators & {
  /** What is looked for, by its rules for documents; what it ignores stays. */
  readonly policy?: PrivacyPolicy;
  /** For tests of what lies across two windows. */
  readonly sizes?: Sizes;
};

/** A text that comes in pieces: what each piece brings to its end is given back. */
export interface SanitizeStream {
  push(text: string): Iterable<Sanitized>;
  end(): Iterable<Sanitized>;
}

export interface Sanitizer {
  /** Name and version of the recognisers, and a digest of what the policy adds to them. */
  readonly rules: string;
  /** `known` is what a model has found besides; it is judged by the same policy. */
  sanitize(text: string, hint?: DetectHint, known?: readonly Detected[]): Sanitized;
  detect(text: string, hint?: DetectHint, known?: readonly Detected[]): Finding[];
  stream(hint?: DetectHint): SanitizeStream;
  /** Only says what there is; its texts are those that were given. */
  detectStream(hint?: DetectHint): SanitizeStream;
}

/** Replaces personal data and secrets, without a server and without asking anybody. */
export function createSanitizer({
  policy = SANITIZING_POLICY,
  sizes,
  ...operators
}: SanitizerOptions = {}): Sanitizer {
  const kinds = knownKinds(policy.custom, Object.keys(operators.operators ?? {}));
  const asked = byOperators(policy, kinds, operators);
  const detector = createDetector(asked, 'documents', 'anybodys');
  const strictness = (type: string) => SanitizeOperator.options.indexOf(operatorOf(operators, type));
  const look = lookWith({ detector, kinds, strictness });
  const put = putIn(operators);
  const reach = takesAway(operators) ? FAR : NEAR;
  const wanted = wantedOf(asked);
  const replacing: TreatView = (view, hint, known) =>
    treat(readable(view), hint, { look, put, strictness, reach }, known);
  const telling: TreatView = (view, hint, known) =>
    look(readable(view), hint, known).map((span) => ({ ...span, put: view.slice(span.start, span.end) }));
  const passes = (view: TreatView, hint: DetectHint, known?: readonly Detected[]) =>
    new Passes(view, hint, known, sizes);

  return {
    rules: detector.rules,
    sanitize: (text, hint = {}, known = []) => {
      const others = wanted(text, known);
      const format = MASKED_IN_PLACE.find((one) => one === hint.format) ?? 'text';
      if (format !== 'text' && format !== 'markdown')
        return sanitizeStructured(format, text, { look, put, hint, known: others });
      return together(whole(passes(replacing, hint, others), text).map(replaced));
    },
    detect: (text, hint = {}, known = []) =>
      whole(passes(telling, hint, wanted(text, known)), text).flatMap(({ treated }) => treated.map(finding)),
    stream: (hint = {}) => streamOf(passes(replacing, hint)),
    detectStream: (hint = {}) => streamOf(passes(telling, hint)),
  };
}

const NEAR = 256;
const FAR = 1024;

/** What is taken away brings together what stood far apart. */
const takesAway = ({ operator, operators = {} }: Operators): boolean =>
  [operator, ...Object.values(operators)].includes('redact');

/** What is kept is not looked for: what lies in it would be kept with it. Of what overlaps, the stricter operator counts. */
function byOperators(policy: PrivacyPolicy, kinds: ReadonlySet<string>, operators: Operators): PrivacyPolicy {
  const { documents } = policy;
  const actionOf = (type: string, action: PrivacyAction): PrivacyAction =>
    action === 'ignore' ? 'ignore' : STANDS_FOR[operatorOf(operators, type)];
  const types = [...kinds, ...Object.keys(documents.actions)];
  const actions = types.map((type) => [type, actionOf(type, documents.actions[type] ?? documents.action)]);
  return { ...policy, documents: { ...documents, actions: Object.fromEntries(actions) } };
}

const STANDS_FOR: Readonly<Record<SanitizeOperator, PrivacyAction>> = {
  keep: 'ignore',
  pseudonymise: 'report',
  hash: 'mask',
  mask: 'mask',
  mask_characters: 'mask',
  redact: 'quarantine',
};

function* inPasses(passes: Passes, text: string): Generator<Stretch> {
  yield* passes.push(text);
  yield* passes.end();
}

const whole = (passes: Passes, text: string): Stretch[] => [...inPasses(passes, text)];

function streamOf(passes: Passes): SanitizeStream {
  return {
    *push(text) {
      for (const stretch of passes.push(text)) yield replaced(stretch);
    },
    *end() {
      for (const stretch of passes.end()) yield replaced(stretch);
    },
  };
}

function replaced({ start: offset, text, treated }: Stretch): Sanitized {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, put } of treated) {
    parts.push(text.slice(at, start - offset), put);
    at = end - offset;
  }
  parts.push(text.slice(at));
  return { text: parts.join(''), findings: treated.map(finding), counts: countsOf(treated) };
}

const finding = ({ type, start, end, confidence }: Detected): Finding => ({
  type,
  start,
  end,
  score: confidence,
});

function together(parts: readonly Sanitized[]): Sanitized {
  const findings = parts.flatMap((part) => part.findings);
  return { text: parts.map(({ text }) => text).join(''), findings, counts: countsOf(findings) };
}
