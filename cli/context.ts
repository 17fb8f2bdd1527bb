import { type ApiClient, createApiClient } from './api-client.ts';
import { findConnection } from './connection.ts';
import { homeFolder } from './local-installation.ts';
import { createOutput, type Format, type Output } from './output.ts';

export type Input = AsyncIterable<Uint8Array>;

/** Everything a command may touch of the process it runs in. */
export type Surroundings = {
  readonly environment: NodeJS.ProcessEnv;
  readonly workingDirectory: string;
  readonly checkout: string;
  /** Nothing where it is not given. */
  readonly stdin?: Input;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
};

export type Context = Surroundings & {
  readonly home: string;
  readonly stdin: Input;
  readonly output: Output;
  /** Found when it is first needed: `verify` and `config` work without any server. */
  readonly api: () => ApiClient;
};

export function createContext(surroundings: Surroundings, format: Format): Context {
  const home = homeFolder(surroundings.environment, surroundings.checkout);
  return {
    ...surroundings,
    home,
    stdin: surroundings.stdin ?? NOTHING,
    output: createOutput(format, surroundings.stdout, surroundings.stderr),
    api: () => createApiClient(findConnection(surroundings.environment, home)),
  };
}

const NOTHING: Input = {
  async *[Symbol.asyncIterator]() {
    yield* [];
  },
};
