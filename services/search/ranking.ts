/** One place in a ranking. */
export type Ranked = { readonly id: string; readonly score: number };

/** How deep each ranking is read before the two become one: fixed, so that pages of one question agree. */
export const FUSION_DEPTH = 500;

/** Reciprocal rank fusion: places count, scores do not, for the scores of words and of vectors have nothing in common. */
export function fuse(rankings: readonly (readonly Ranked[])[]): Ranked[] {
  const scores = new Map<string, number>();
  for (const ranking of rankings) {
    for (const [place, { id }] of ranking.entries()) {
      scores.set(id, (scores.get(id) ?? 0) + 1 / (RANK_CONSTANT + place + 1));
    }
  }
  return [...scores].map(([id, score]) => ({ id, score })).sort(byScore);
}

/** The best so far of a stream, never more than `size` of them in memory. */
export class Best {
  readonly #size: number;
  #kept: Ranked[] = [];
  #worst = Number.NEGATIVE_INFINITY;

  constructor(size: number) {
    this.#size = size;
  }

  add(id: string, score: number): void {
    if (score < this.#worst) return;
    this.#kept.push({ id, score });
    if (this.#kept.length >= 2 * this.#size + 64) this.#trim();
  }

  ranking(): Ranked[] {
    this.#trim();
    return this.#kept;
  }

  /** Sorting now and then costs less per item than keeping order all the time. */
  #trim(): void {
    this.#kept = this.#kept.sort(byScore).slice(0, this.#size);
    if (this.#kept.length === this.#size) this.#worst = this.#kept.at(-1)?.score ?? this.#worst;
  }
}

/** From the paper that proposed it (Cormack, Clarke, Büttcher 2009), and what the engines use. */
const RANK_CONSTANT = 60;

/** Equal scores in the order of their ids, so that a page never depends on chance. */
function byScore(a: Ranked, b: Ranked): number {
  return b.score - a.score || (a.id < b.id ? -1 : 1);
}
