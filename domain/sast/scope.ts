import type { Value } from './rule.ts';

/** What names stand for; an inner function sees what the outer ones know, and keeps its own to itself. */
export class Scope {
  readonly #values = new Map<string, Value>();
  readonly #parent: Scope | null;

  constructor(parent: Scope | null) {
    this.#parent = parent;
  }

  get(path: string): Value | undefined {
    for (let scope: Scope | null = this; scope !== null; scope = scope.#parent) {
      const value = scope.#values.get(path);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  set(path: string, value: Value): void {
    this.#values.set(path, value);
  }
}
