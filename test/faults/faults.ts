import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

/** One request that goes through, and the hands that a fault may lay on it. */
export type Exchange = {
  readonly asked: IncomingMessage;
  readonly answer: ServerResponse;
  /** Opens the way to the server: what is written to `sent` is what it hears. */
  readonly forward: () => { readonly sent: ClientRequest; readonly answered: Promise<IncomingMessage> };
};

/** What happens to one request. */
export type Fault = (exchange: Exchange) => Promise<void>;

/** Nothing happens to it. */
export const passOn: Fault = async ({ asked, answer, forward }) => {
  const { sent, answered } = forward();
  const [received] = await Promise.all([answered, pass(asked, sent)]);
  await handOver(received, answer);
};

export type Said = { readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

/** The server never hears of it; its whole body is taken first, as a server that answers after reading does. */
export const answerWith =
  (status: number, said: Said = {}): Fault =>
  async ({ asked, answer }) => {
    asked.resume();
    await ended(asked);
    say(answer, status, said);
  };

/** What S3 says with its errors, for instance 412 PreconditionFailed, 409 ConditionalRequestConflict, 503 SlowDown. */
export const s3Error = (status: number, code: string, headers: Said['headers'] = {}): Fault =>
  answerWith(status, {
    headers: { 'content-type': 'application/xml', ...headers },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>planted</Message></Error>`,
  });

/** The server does what it was asked, and the client is told something else. */
export const carriedOutButAnswered =
  (status: number, said: Said = {}): Fault =>
  async (exchange) => {
    await carryOut(exchange);
    say(exchange.answer, status, said);
  };

/** The server does what it was asked, and its answer gets lost. */
export const swallowAnswer = (): Fault => async (exchange) => {
  await carryOut(exchange);
  reset(exchange.answer);
};

/** The connection is gone before the server hears anything. */
export const refuse =
  (): Fault =>
  async ({ answer }) =>
    reset(answer);

/** The server is sent this much of the body, and then both sides lose their connection. A shorter one is passed on. */
export const resetRequestAfter =
  (bytes: number): Fault =>
  async ({ asked, answer, forward }) => {
    const { sent, answered } = forward();
    let left = bytes;
    for await (const chunk of asked as AsyncIterable<Buffer>) {
      await write(sent, chunk.subarray(0, left));
      left -= chunk.length;
      if (left > 0) continue;
      sent.destroy();
      return reset(answer);
    }
    sent.end();
    await handOver(await answered, answer);
  };

/** The client is sent this much of the answer's body, and then the connection ends. */
export const resetResponseAfter =
  (bytes: number): Fault =>
  async ({ asked, answer, forward }) => {
    const { sent, answered } = forward();
    const [received] = await Promise.all([answered, pass(asked, sent)]);
    head(received, answer);
    let left = bytes;
    if (left > 0) {
      for await (const chunk of received as AsyncIterable<Buffer>) {
        await write(answer, chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) break;
      }
    }
    received.destroy();
    // Ended and not reset: a reset would also take back what the client has not read yet.
    answer.destroy();
  };

/** A door: whoever has `arrived` waits before it until it is opened, and goes on with what was to come then. */
export type Gate = { readonly fault: Fault; readonly arrived: Promise<void>; open(): void };

/** The server hears nothing before the gate is opened. */
export const holdRequest = (then: Fault = passOn): Gate => {
  const { arrived, open, pass: wait } = gate();
  const fault: Fault = async (exchange) => {
    await wait();
    await then(exchange);
  };
  return { fault, arrived, open };
};

/** The server does what it was asked at once, and the client hears of it once the gate is opened. */
export const holdAnswer = (): Gate => {
  const { arrived, open, pass: wait } = gate();
  const fault: Fault = async ({ asked, answer, forward }) => {
    const { sent, answered } = forward();
    const [received] = await Promise.all([answered, pass(asked, sent)]);
    await wait();
    await handOver(received, answer);
  };
  return { fault, arrived, open };
};

const gate = () => {
  const arrived = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const through = () => {
    arrived.resolve();
    return opened.promise;
  };
  return { arrived: arrived.promise, open: () => opened.resolve(), pass: through };
};

const carryOut = async ({ asked, forward }: Exchange): Promise<void> => {
  const { sent, answered } = forward();
  const [received] = await Promise.all([answered, pass(asked, sent)]);
  received.resume();
  await ended(received);
};

/** A server may answer, and close, before it has read everything: its answer counts. */
const pass = (asked: IncomingMessage, sent: ClientRequest): Promise<void> =>
  pipeline(asked, sent, { end: true }).catch((error: unknown) => {
    if (!asked.complete && asked.destroyed) throw error;
  });

const handOver = async (received: IncomingMessage, answer: ServerResponse): Promise<void> => {
  head(received, answer);
  await pipeline(received, answer);
};

const head = (received: IncomingMessage, answer: ServerResponse): void => {
  answer.writeHead(received.statusCode ?? 502, received.rawHeaders);
};

const say = (answer: ServerResponse, status: number, { headers = {}, body = '' }: Said): void => {
  answer.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers }).end(body);
};

const reset = (answer: ServerResponse): void => {
  answer.socket?.resetAndDestroy();
};

const ended = (message: IncomingMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    if (message.readableEnded) resolve();
    message.once('end', resolve);
    message.once('close', () => (message.readableEnded ? resolve() : reject(new Error('broken off'))));
  });

/** Done once it has been handed to the system. */
const write = (to: ClientRequest | ServerResponse, chunk: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    to.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
