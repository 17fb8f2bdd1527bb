/** Thrown inside a rule; whatever the rule makes of it, it has not been evaluated. */
class Exhausted extends Error {}

/** What all rules of a profile may cost together: a dozen looks at a hundred thousand findings, a few seconds at most. */
const RULE_STEPS = 25_000_000;

/**
 * Counts what rules do, in steps that are the same on every machine: a limit in seconds would pass a commit today and
 * fail it tomorrow.
 */
export class RuleBudget {
  #left: number;

  constructor(steps: number = RULE_STEPS) {
    this.#left = steps;
  }

  get exhausted(): boolean {
    return this.#left < 0;
  }

  /** Once it is used up every further step fails too, so that loops end at their next turn. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) {
      this.#left = Number.NEGATIVE_INFINITY;
      throw new Exhausted('the rules of this profile take more work than they may');
    }
  }
}
