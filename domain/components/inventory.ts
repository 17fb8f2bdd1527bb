import { CertusError } from '../../contracts/errors.ts';
import type { Notice } from '../../contracts/scan.ts';
import type { Component, Ecosystem, Hash, Project, Reading } from './component.ts';
import { purlOf } from './purl.ts';

type Entry = {
  readonly name: string | null;
  readonly version: string | null;
  readonly range?: string | null;
  readonly line?: number | null | undefined;
  readonly scope?: Component['scope'];
  readonly direct?: boolean | null;
  readonly licenses?: readonly string[];
  readonly hashes?: readonly Hash[];
  /** Keys, as given to `add`, of the entries that this one needs; those that never come are left out. */
  readonly needs?: readonly string[];
  readonly origin?: Component['origin'];
  readonly qualifiers?: Readonly<Record<string, string>>;
};

type Held = {
  component: { -readonly [K in keyof Component]: Component[K] };
  readonly needs: Set<string>;
};

/** Beyond this it is no lockfile but an attempt to drown the worker: the run fails, nothing is left out in silence. */
export const MAX_COMPONENTS = 100_000;
const MAX_EDGES = 1_000_000;
const MAX_NAME = 512;
const MAX_LICENSES = 20;
const MAX_HASHES = 500;

/** Collects what one file names. The same package twice is one component that remembers both its places in the graph. */
export class Inventory {
  readonly #ecosystem: Ecosystem;
  readonly #path: string;
  readonly #release: string | null;
  readonly #held = new Map<string, Held>();
  readonly #keys = new Map<string, string>();
  readonly #notices: Notice[] = [];
  #unreadable = 0;
  #edges = 0;

  constructor(ecosystem: Ecosystem, path: string, release: string | null = null) {
    this.#ecosystem = ecosystem;
    this.#path = path;
    this.#release = release;
  }

  add(key: string, entry: Entry): void {
    const purl = isPlain(entry.name) && isPlain(entry.version ?? '') ? this.#purl(entry) : null;
    if (purl === null || entry.name === null) {
      this.#unreadable += 1;
      return;
    }
    this.#keys.set(key, purl);
    const held = this.#held.get(purl) ?? this.#hold(purl, entry.name, entry);
    for (const need of entry.needs ?? []) held.needs.add(need);
    this.#edges += entry.needs?.length ?? 0;
    if (this.#held.size > MAX_COMPONENTS || this.#edges > MAX_EDGES)
      throw new CertusError('source_too_large', `a lockfile names more than ${MAX_COMPONENTS} packages`);
    if (entry.scope !== 'dev') held.component.scope = 'runtime';
    if (entry.direct) held.component.direct = true;
  }

  note(code: string, message: string): void {
    this.#notices.push({ code, message, path: this.#path });
  }

  reading(project: Project | null = null, includes: readonly string[] = []): Reading {
    if (this.#unreadable > 0)
      this.note('components_unreadable', `${this.#unreadable} entries have no name or version that can be`);
    const components = [...this.#held.values()].map(({ component, needs }) => ({
      ...component,
      dependsOn: this.#resolve(component.purl, needs),
    }));
    const named =
      project !== null && isPlain(project.name) && isPlain(project.version ?? '') ? project : null;
    return { components, notices: this.#notices, project: named, includes };
  }

  #purl(entry: Entry): string | null {
    return purlOf({
      ecosystem: this.#ecosystem,
      name: entry.name ?? '',
      version: entry.version,
      ...(entry.qualifiers === undefined ? {} : { qualifiers: entry.qualifiers }),
    });
  }

  #hold(purl: string, name: string, entry: Entry): Held {
    const component = {
      ecosystem: this.#ecosystem,
      release: this.#release,
      name,
      version: entry.version,
      range: entry.range?.slice(0, MAX_NAME) ?? null,
      purl,
      path: this.#path,
      line: entry.line ?? null,
      scope: entry.scope ?? 'runtime',
      direct: entry.direct ?? null,
      licenses: (entry.licenses ?? []).filter(isPlain).slice(0, MAX_LICENSES),
      hashes: (entry.hashes ?? []).slice(0, MAX_HASHES),
      dependsOn: [],
      origin: entry.origin ?? null,
    };
    const held = { component, needs: new Set<string>() };
    this.#held.set(purl, held);
    return held;
  }

  #resolve(own: string, needs: ReadonlySet<string>): string[] {
    const purls = [...needs].flatMap((key) => this.#keys.get(key) ?? []);
    return [...new Set(purls)].filter((purl) => purl !== own).sort();
  }
}

/** A control character in a name is an attack on whatever prints it. */
const isPlain = (text: string | null): text is string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  text !== null && text.length <= MAX_NAME && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text);
