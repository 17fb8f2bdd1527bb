import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';

const Message = z.object({
  id: z.number().optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

type Waiting = { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void };

/** Talks to a browser over two pipes of its own: no port that others could talk to. What it says is hostile as its pages are. */
export class DevTools {
  readonly #out: Writable;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners: ((method: string, params: unknown) => void)[] = [];
  #rest: Buffer[] = [];
  #restBytes = 0;
  #ended: Error | undefined;
  #last = 0;

  constructor(out: Writable, into: Readable) {
    this.#out = out;
    // a browser that has ended tells so by the end of its answers
    out.on('error', () => undefined);
    into.on('error', (error) => this.#end(error));
    into.on('close', () => this.#end(new Error('the browser has ended')));
    into.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  listen(listener: (method: string, params: unknown) => void): void {
    this.#listeners.push(listener);
  }

  send(method: string, params: object, sessionId?: string): Promise<unknown> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    this.#last += 1;
    const id = this.#last;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject });
    this.#out.write(
      `${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`,
    );
    return promise;
  }

  #take(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      this.#rest.push(chunk.subarray(start, end));
      const text = Buffer.concat(this.#rest).toString('utf8');
      [this.#rest, this.#restBytes, start] = [[], 0, end + 1];
      try {
        this.#hear(text);
      } catch (error) {
        // nobody stands above this: whoever waits for an answer is told
        this.#end(new Error('the browser says what cannot be understood', { cause: error }));
      }
    }
    this.#rest.push(chunk.subarray(start));
    this.#restBytes += chunk.length - start;
    if (this.#restBytes > LONGEST) this.#end(new Error('the browser says more than is listened to'));
  }

  #hear(text: string): void {
    if (this.#ended !== undefined) return;
    const { id, method, params, result, error } = Message.parse(JSON.parse(text));
    if (method !== undefined) for (const listener of this.#listeners) listener(method, params);
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.#waiting.delete(id);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(error.message));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#rest = [];
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

const LONGEST = 32 * 1024 * 1024;
