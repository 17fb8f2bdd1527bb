import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Command } from 'commander';
import express from 'express';
import pg from 'pg';
import { pino } from 'pino';
import { tokenAuthenticator } from '../../../api/authentication.ts';
import type { ApiDeps } from '../../../api/deps.ts';
import { mountRoutes } from '../../../api/mount.ts';
import { problemHandler } from '../../../api/problems.ts';
import { transparencyRoutes } from '../../../api/transparency/transparency-routes.ts';
import { complaintOf } from '../../../cli/command-error.ts';
import { createContext } from '../../../cli/context.ts';
import { logCommands } from '../../../cli/words/log.ts';
import type { Action } from '../../../cli/words/options.ts';
import { migrate } from '../../../services/database/migrate.ts';
import type { TransparencyReader } from '../../../services/transparency/transparency-log.ts';

export const TOKEN = 'certus_transparency_0123456789abcdef01234567';

/** A database of its own on the server of the tests. */
export async function ownDatabase(server: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `certus_tlog_${randomBytes(6).toString('hex')}`;
  const onServer = async (text: string) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  await onServer(`CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  await migrate(url);
  return { url, drop: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`) };
}

/** The real routes over a reader, as the app mounts them. */
export async function serveLog(log: TransparencyReader): Promise<{ address: string; server: Server }> {
  const app = express();
  app.use((_request, response, next) => {
    response.locals.requestId = 'test';
    next();
  });
  const quiet = pino({ level: 'silent' });
  const deps = { trust: { log } } as unknown as ApiDeps;
  mountRoutes(app, transparencyRoutes(deps), tokenAuthenticator(TOKEN), quiet);
  app.use(problemHandler(quiet));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

export type Told = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** What a person types behind `certus`. */
export async function certus(folder: string, address: string, ...words: string[]): Promise<Told> {
  let [stdout, stderr, exitCode] = ['', '', -1];
  const surroundings = {
    environment: { CERTUS_API_URL: address, CERTUS_TOKEN: TOKEN, CERTUS_HOME: folder },
    workingDirectory: folder,
    checkout: folder,
    stdout: { write: (text: string) => (stdout += text) } as unknown as NodeJS.WriteStream,
    stderr: { write: (text: string) => (stderr += text) } as unknown as NodeJS.WriteStream,
  };
  const program = new Command('certus').exitOverride();
  const runs =
    <A extends unknown[]>(action: Action<A>) =>
    async (...given: unknown[]) => {
      const values = given.slice(0, -1) as A;
      const { output } = values.at(-1) as { output?: 'text' | 'json' };
      exitCode = await action(createContext(surroundings, output ?? 'text'), ...values);
    };
  logCommands({ program, runs });
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    const complaint = complaintOf(error);
    return {
      exitCode: complaint.exitCode,
      stdout,
      stderr: `${stderr}${complaint.code}: ${complaint.message}`,
    };
  }
  return { exitCode, stdout, stderr };
}
