import { constants } from 'node:crypto';
import type { Server } from 'node:http';
import { createServer } from 'node:https';
import type { Express } from 'express';
import { inTime, LIMITS, listening } from '../server.ts';

export type AgentTls = {
  readonly cert: string;
  readonly key: string;
  /** Who issued the certificates of agents; nobody else of those that the system knows counts. */
  readonly ca: string;
};

/** Listens for agents: who has no certificate of the authority does not get as far as a request. */
export async function listenForAgents(
  app: Express,
  { host, port }: { readonly host: string; readonly port: number },
  { cert, key, ca }: AgentTls,
): Promise<Server> {
  const server = createServer(
    {
      ...{ ...LIMITS, cert, key, ca },
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: 10_000,
      // each connection shows its certificate anew: a session that goes on could outlive it
      secureOptions: constants.SSL_OP_NO_TICKET,
    },
    inTime(app),
  );
  await listening(server, host, port);
  return server;
}
