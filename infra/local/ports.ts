import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { z } from 'zod';

export type PortWish = {
  /** Used when it is free, by those who keep their ports: what is short-lived stays out of the way. */
  readonly preferred?: number | undefined;
  /** Used or nothing: a person asked for exactly this port, by the setting of this name. */
  readonly fixed?: { readonly port: number; readonly setting: string } | undefined;
};

export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/** Hands out ports on the loopback address and, given a file, the same ones again at the next start. */
export class Ports {
  readonly #file: string | undefined;
  readonly #kept: Record<string, number>;
  readonly #given = new Set<number>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(file?: string) {
    this.#file = file;
    this.#kept = file === undefined ? {} : readKept(file);
  }

  /** One at a time: two parts that ask at once must not be given the same port. */
  take(name: string, wish: PortWish = {}): Promise<number> {
    const taken = this.#queue.then(() => this.#choose(name, wish));
    this.#queue = taken.catch(() => undefined);
    return taken;
  }

  async #choose(name: string, { preferred, fixed }: PortWish): Promise<number> {
    if (fixed !== undefined) {
      if (await this.#isFree(fixed.port)) return this.#give(fixed.port);
      throw new PortTaken(
        `port ${fixed.port} is taken by another program; ${fixed.setting} asks for exactly this port: free it, or choose another`,
      );
    }
    for (const port of candidates(this.#kept[name], this.#file === undefined ? undefined : preferred)) {
      if (await this.#isFree(port)) return this.#keep(name, port);
    }
    throw new PortTaken(`no free port for ${name} on 127.0.0.1`);
  }

  async #isFree(port: number): Promise<boolean> {
    return !this.#given.has(port) && canListen(port);
  }

  #give(port: number): number {
    this.#given.add(port);
    return port;
  }

  #keep(name: string, port: number): number {
    if (this.#file !== undefined && this.#kept[name] !== port) {
      this.#kept[name] = port;
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      writeFileSync(`${this.#file}.draft`, `${JSON.stringify(this.#kept, null, 2)}\n`);
      renameSync(`${this.#file}.draft`, this.#file);
    }
    return this.#give(port);
  }
}

const LOWEST = 20_000;
/** Below the range from which systems take the ports of outgoing connections: none can slip in before we listen. */
const HIGHEST = 32_000;

function* candidates(...first: readonly (number | undefined)[]): Iterable<number> {
  for (const port of first) if (port !== undefined) yield port;
  for (let tries = 0; tries < 100; tries++) yield randomInt(LOWEST, HIGHEST);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function readKept(file: string): Record<string, number> {
  try {
    const kept = z.record(z.string(), z.number().int()).safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return kept.success ? kept.data : {};
  } catch (error) {
    // Nothing kept yet, or torn by a power failure: new ports do no harm.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return {};
    throw error;
  }
}
