import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/** A value of a workflow, with the place it stands at. */
export type Value = {
  readonly text: string;
  /** As it stands in the file: what an expression is looked for in. */
  readonly source: string;
  readonly offset: number;
};

export type Step = {
  readonly uses: Value | null;
  readonly run: Value | null;
  readonly with: ReadonlyMap<string, Value>;
};

export type Job = {
  readonly uses: Value | null;
  readonly runsOn: readonly string[];
  readonly permissions: Value | null;
  readonly images: readonly Value[];
  readonly secrets: Value | null;
  readonly steps: readonly Step[];
  readonly offset: number;
};

export type Workflow = {
  readonly triggers: ReadonlySet<string>;
  readonly permissions: Value | null;
  readonly jobs: readonly Job[];
  readonly lineAt: (offset: number) => number;
};

/** What a workflow's file says, as far as rules ask. Throws on what is no YAML or more than any workflow holds. */
export function readWorkflow(text: string): Workflow {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, logLevel: 'silent' });
  if (document.errors.length > 0) throw new SyntaxError('not YAML');
  let aliases = MAX_ALIASES;
  const read = new Reader(text, (node) => {
    if (!isAlias(node)) return node;
    // each looks through the whole document for its anchor
    aliases -= 1;
    if (aliases < 0) throw new RangeError('more aliases than a workflow holds');
    return node.resolve(document);
  });
  const root = document.contents;
  const jobs = read.entries(read.get(root, 'jobs')).map(([, job]) => read.job(job));
  // an action of several steps has no jobs and is called by those of others
  const runs = read.get(root, 'runs');
  return {
    triggers: new Set(read.names(read.get(root, 'on'))),
    permissions: read.whole(read.get(root, 'permissions')),
    jobs: runs === undefined ? jobs : [...jobs, read.job(runs)],
    lineAt: (offset) => lines.linePos(offset).line,
  };
}

const MAX_ALIASES = 200;

type Maybe = Node | null | undefined;

/** Reads only what has a known place: an alias in a circle, or a thousand of the same, leads nowhere. */
class Reader {
  readonly #text: string;
  readonly #resolve: (node: Maybe) => Maybe;
  #left = 20_000;

  constructor(text: string, resolve: (node: Maybe) => Maybe) {
    this.#text = text;
    this.#resolve = resolve;
  }

  entries(node: Maybe): [string, Maybe][] {
    const map = this.#resolve(node);
    if (!isMap(map)) return [];
    return map.items.flatMap((item): [string, Maybe][] => {
      this.#left -= 1;
      if (this.#left < 0) throw new RangeError('more than a workflow holds');
      return isPair(item) && isScalar(item.key) ? [[String(item.key.value), item.value as Maybe]] : [];
    });
  }

  get(node: Maybe, key: string): Maybe {
    return this.entries(node).find(([name]) => name === key)?.[1];
  }

  list(node: Maybe): Maybe[] {
    const list = this.#resolve(node);
    if (!isSeq(list)) return [];
    this.#left -= list.items.length;
    if (this.#left < 0) throw new RangeError('more than a workflow holds');
    return list.items as Maybe[];
  }

  value(node: Maybe): Value | null {
    const scalar = this.#resolve(node);
    return isScalar(scalar) ? this.#valueAt(scalar, String(scalar.value)) : null;
  }

  /** Also of a map: then its text is empty. */
  whole(node: Maybe): Value | null {
    const resolved = this.#resolve(node);
    return resolved ? (this.value(resolved) ?? this.#valueAt(resolved, '')) : null;
  }

  /** The names in `push`, `[push, pull_request]` and `{push: …}`. */
  names(node: Maybe): string[] {
    const one = this.value(node);
    if (one !== null) return [one.text];
    const many = this.list(node).flatMap((item) => this.value(item)?.text ?? []);
    return many.length > 0 ? many : this.entries(node).map(([name]) => name);
  }

  job(node: Maybe): Job {
    const container = this.get(node, 'container');
    const services = this.entries(this.get(node, 'services')).map(([, service]) =>
      this.get(service, 'image'),
    );
    const images = [
      this.value(container),
      ...[this.get(container, 'image'), ...services].map((image) => this.value(image)),
    ];
    const runsOn = this.get(node, 'runs-on');
    return {
      uses: this.value(this.get(node, 'uses')),
      runsOn: [...this.names(runsOn), ...this.names(this.get(runsOn, 'labels'))],
      permissions: this.whole(this.get(node, 'permissions')),
      images: images.filter((image) => image !== null),
      secrets: this.value(this.get(node, 'secrets')),
      steps: this.list(this.get(node, 'steps')).map((step) => ({
        uses: this.value(this.get(step, 'uses')),
        run: this.value(this.get(step, 'run')),
        with: new Map(
          this.entries(this.get(step, 'with')).flatMap(([name, given]) => {
            const value = this.value(given);
            return value === null ? [] : [[name, value] as const];
          }),
        ),
      })),
      offset: this.#resolve(node)?.range?.[0] ?? 0,
    };
  }

  #valueAt(node: Node, text: string): Value {
    const [start, end] = node.range ?? [0, 0];
    return { text, source: this.#text.slice(start, end), offset: start };
  }
}
