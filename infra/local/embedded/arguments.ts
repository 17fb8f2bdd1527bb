import { parseArgs } from 'node:util';

export type Arguments = {
  readonly target: string | undefined;
  readonly once: boolean;
  readonly json: boolean;
  readonly detach: boolean;
  /** Set by `certus down` when the supervisor is gone and what it kept is not. */
  readonly stopLeftovers: boolean;
  /** Set by --detach for the process that stays. */
  readonly background: boolean;
  readonly help: boolean;
};

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `usage: npm start [-- [--once [-o json]] [--detach] [<path or git URL>]]

  Starts everything on this machine and keeps it running until Ctrl-C. The first time, or when a target is
  given, it then runs the whole chain: over the target, or over the sample that comes with Certus.

  --once      run the chain once, stop everything, exit with the verdict
              (0 passed, 2 gate failed, 1 run failed)
  -o json     with --once: the last line of the output is one JSON object; all else goes to stderr
  --detach    return as soon as everything is ready; npx certus down stops it
`;

export function readArguments(words: readonly string[]): Arguments {
  const { values, positionals } = parse(words);
  const [target, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`one target at most, not also ${more.join(' ')}`);
  const json = values.output === 'json';
  if (!json && values.output !== 'text') throw new UsageError('-o is json or text');
  if (json && !values.once) throw new UsageError('-o json goes with --once');
  if (values.once && values.detach) throw new UsageError('--once and --detach exclude each other');
  const { once, detach, background, help } = values;
  return { target, once, json, detach, background, help, stopLeftovers: values['stop-leftovers'] };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        once: { type: 'boolean', default: false },
        output: { type: 'string', short: 'o', default: 'text' },
        detach: { type: 'boolean', default: false },
        background: { type: 'boolean', default: false },
        'stop-leftovers': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS')) throw new UsageError(message);
    throw error;
  }
}
