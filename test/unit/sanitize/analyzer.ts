import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as bodyText } from 'node:stream/consumers';

type Asked = { readonly text: string; readonly language: string; readonly entities: readonly string[] };

/** Speaks as the analyzer of Presidio does, and knows the names that it was told: what nobody wants to download for a test. */
export class Analyzer {
  readonly asked: Asked[] = [];
  /** Answers in the place of the model, when it answers true. */
  instead: (asked: Asked, response: ServerResponse) => boolean = () => false;
  readonly #names: Readonly<Record<string, string>>;
  #server: Server | undefined;
  #port = 0;

  constructor(names: Readonly<Record<string, string>>) {
    this.#names = names;
  }

  /** At the same port each time. */
  async start(): Promise<string> {
    const server = createServer(async (request, response) => {
      const asked = JSON.parse(await bodyText(request)) as Asked;
      this.asked.push(asked);
      if (this.instead(asked, response)) return;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(this.#spans(asked)));
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    return `http://127.0.0.1:${this.#port}`;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Places in code points. */
  #spans({ text, entities }: Asked) {
    return Object.entries(this.#names).flatMap(([name, type]) => {
      const spans: object[] = [];
      for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
        const start = [...text.slice(0, at)].length;
        const span = { entity_type: type, start, end: start + [...name].length, score: 0.85 };
        if (entities.includes(type)) spans.push(span);
      }
      return spans;
    });
  }
}
