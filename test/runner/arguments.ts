import { KINDS, type Kind } from './suites.ts';

export type Wanted = {
  readonly kinds: readonly Kind[];
  /** Parts of file names. */
  readonly names: readonly string[];
  /** Everything, whatever it takes to get it; what cannot be run is a failure. */
  readonly full: boolean;
  /** Passed on to jest, for example `-t "a name"`. */
  readonly jest: readonly string[];
};

/** `npm test -- [--full] [unit|contract|…] [part of a file name] [-- jest options]` */
export function parseArguments(args: readonly string[], environment: NodeJS.ProcessEnv): Wanted {
  const end = args.indexOf('--');
  const own = end === -1 ? args : args.slice(0, end);
  const kinds = own.filter((word): word is Kind => (KINDS as readonly string[]).includes(word));
  const words = own.filter((word) => !(KINDS as readonly string[]).includes(word));
  const unknown = words.find((word) => word.startsWith('-') && word !== '--full');
  if (unknown !== undefined) throw new Error(`unknown option ${unknown}; jest's own options go behind --`);
  return {
    kinds: kinds.length > 0 ? kinds : KINDS,
    names: words.filter((word) => !word.startsWith('-')),
    full: own.includes('--full') || environment.CI === 'true',
    jest: end === -1 ? [] : args.slice(end + 1),
  };
}
