import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import type { z } from 'zod';
import type { CertusError, ErrorCode } from '../contracts/errors.ts';
import type { Principal, Role } from './authentication.ts';

/** What a handler is given: every part has been through its schema, and nothing else of the request is reachable. */
export type Call<P, Q, H, B> = {
  readonly params: P;
  readonly query: Q;
  readonly headers: H;
  readonly body: B;
  /** The request itself, for who takes an upload or asks for a certificate: nobody has touched its body. */
  readonly upload: IncomingMessage;
  /** Present on every route that needs a token. */
  readonly principal: Principal;
  readonly log: Logger;
  /** As the caller gets it in a header, and finds it in our log. */
  readonly requestId: string;
};

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON; text and bytes are sent as they are with `contentType`. */
  readonly body?: unknown;
  readonly contentType?: string;
  /** Instead of a body: opened unless only the head is asked for, and destroyed when the caller goes away. */
  readonly stream?: () => Promise<Readable>;
  /** With status 101: talks to the caller once the WebSocket is open. Any other request is told to upgrade. */
  readonly converse?: (socket: WebSocket) => Promise<void>;
  /** An error that some header explains further. */
  readonly problem?: CertusError;
};

export type AnswerDescription = {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly example?: unknown;
  readonly headers?: z.ZodObject;
  readonly contentType?: string;
  /** The same answer in other types, for those who ask for one with Accept. */
  readonly alternatives?: Readonly<
    Record<string, { readonly schema: z.ZodType; readonly example?: unknown }>
  >;
};

/** One row of the table that feeds the server, the OpenAPI document and the tests of both. */
export type Route<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  H extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
> = {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** In OpenAPI's notation: `/v1/things/{id}`. */
  readonly path: string;
  /** The last parameter, when it takes the rest of the path with its slashes. */
  readonly rest?: string;
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  /** By a token, by the certificate of the connection, which the handler asks for, or not at all. */
  readonly auth: 'token' | 'certificate' | 'none';
  /** Whoever does not have it gets `forbidden`. */
  readonly role?: Role;
  readonly params?: P;
  readonly query?: Q;
  readonly headers?: H;
  readonly body?: {
    readonly schema: B;
    readonly examples: Readonly<Record<string, unknown>>;
    /** Bytes; a megabyte when not said. */
    readonly limit?: number;
  };
  /** Instead of a body: one file, of any size, by this name in a form, or alone as application/octet-stream. */
  readonly upload?: { readonly field: string; readonly description: string };
  /** A body of another kind, which the handler reads from the request. */
  readonly brings?: { readonly contentType: string; readonly description: string };
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  /** The codes this route answers with, besides those that every route can. */
  readonly errors: readonly ErrorCode[];
  handle(call: Call<z.output<P>, z.output<Q>, z.output<H>, z.output<B>>): Promise<Answer>;
};

/** Keeps a handler typed by its own schemas while the table holds routes of every shape. */
export function route<P extends z.ZodType, Q extends z.ZodType, H extends z.ZodType, B extends z.ZodType>(
  definition: Route<P, Q, H, B>,
): Route {
  return definition as unknown as Route;
}
