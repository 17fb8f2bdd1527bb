/** A benchmark sets Certus beside a peer or a bare limit, in the same run and on the same machine. */
export type Bench = {
  readonly name: string;
  /** What is measured, against what, in one sentence. */
  readonly about: string;
  /** `words` are those after its name. */
  run(report: (line: string) => void, words: readonly string[]): Promise<Measured>;
};

export type Measured = {
  readonly ratios: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, number>>;
  readonly goals: readonly Goal[];
};

/** A named ratio or figure, and the bound it should keep. */
export type Goal =
  | { readonly of: string; readonly atMost: number }
  | { readonly of: string; readonly atLeast: number };

export type Judged = {
  readonly bench: string;
  readonly ratios: Measured['ratios'];
  readonly figures: Measured['figures'];
  readonly goals: Readonly<Record<string, string>>;
  readonly met: boolean;
};

export function judge(bench: string, { ratios, figures, goals }: Measured): Judged {
  const values = { ...figures, ...ratios };
  const keeps = (goal: Goal) => {
    const value = values[goal.of];
    if (value === undefined) throw new Error(`${bench} has a goal for ${goal.of} and does not measure it`);
    return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;
  };
  const say = (goal: Goal) => ('atMost' in goal ? `<= ${goal.atMost}` : `>= ${goal.atLeast}`);
  return {
    bench,
    ratios,
    figures,
    goals: Object.fromEntries(goals.map((goal) => [goal.of, say(goal)])),
    met: goals.every(keeps),
  };
}
