import { type ChildProcess, fork, spawn } from 'node:child_process';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect } from '@jest/globals';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { ReceivedDocument } from '../../../contracts/documents.ts';
import type { PromotionView } from '../../../contracts/promotion.ts';
import type { ReviewOutcome, ReviewVerdict, ReviewView } from '../../../contracts/review.ts';
import { promotionWorkflowId, reviewWorkflowId } from '../../../contracts/workflow-names.ts';
import { ZONES, type Zone } from '../../../contracts/zones.ts';
import { Ports } from '../../../infra/local/ports.ts';
import { apiKeys } from '../api-keys.ts';
import { type Installation, install, type Variant } from '../installation.ts';

export type Whole = Awaited<ReturnType<typeof startWhole>>;
export type Person = 'local' | 'ada' | 'bob';
export type Answer = {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
};
type Asking = { readonly method?: string; readonly body?: unknown; readonly raw?: Uint8Array };

const tokenOf = (person: Person): string => `certus_integration_${person}_0123456789abcdef`;

/** The API and a worker of each zone as processes of their own, and people with tokens of their own. */
export async function startWhole(
  variant: Variant,
  ofZones: Partial<Record<Zone, Readonly<Record<string, string>>>> = {},
) {
  const its = await install(variant, {}, ofZones);
  const [uploads, quarantine, api] = await Promise.all([
    its.bucket('uploads'),
    its.bucket(its.common.CERTUS_QUARANTINE_BUCKET),
    startApiProcess(its),
    its.workers.start(...ZONES),
  ]).catch(async (error: unknown) => {
    await its.close(); // whatever did start would keep the run from its end
    throw error;
  });
  const startedAt = new Date();
  const { workspace } = its.scope;

  const ask = async (person: Person, path: string, { method, body, raw }: Asking = {}): Promise<Answer> => {
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const answer = await fetch(`${api.url}${path}`, {
      method: method ?? (content === undefined ? 'GET' : 'POST'),
      headers: {
        authorization: `Bearer ${tokenOf(person)}`,
        ...(content === undefined
          ? {}
          : { 'content-type': raw === undefined ? 'application/json' : 'application/octet-stream' }),
      },
      ...(content === undefined
        ? {}
        : { body: typeof content === 'string' ? content : Buffer.from(content) }),
    });
    const text = await answer.text();
    return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
  };
  const here = `workspace_id=${workspace}`;
  const seen = async (promotion: string): Promise<PromotionView> =>
    (await ask('local', `/v1/promotions/${promotion}?${here}&limit=1000`)).json;
  const ended = async (promotion: string): Promise<PromotionView> => {
    await its.client.workflow.getHandle(promotionWorkflowId(workspace, promotion)).result();
    return seen(promotion);
  };
  const promote = async (what: object): Promise<string> => {
    const { status, json } = await ask('local', '/v1/promotions/golden', {
      body: { workspace_id: workspace, ...what },
    });
    expect({ status, json }).toMatchObject({ status: 202 });
    return json.promotion_id;
  };

  return {
    ...its,
    variant,
    uploads,
    quarantine,
    startedAt,
    apiUrl: api.url,
    apiSaid: api.said,
    ask,
    seen,
    ended,
    promote,
    bring: async (name: string, content: string | Uint8Array): Promise<ReceivedDocument> => {
      const query = `${here}&prefix=&name=${encodeURIComponent(name)}`;
      const { status, json } = await ask('local', `/v1/uploads/raw?${query}`, { raw: Buffer.from(content) });
      expect({ status, json }).toMatchObject({ status: 201, json: { name } });
      return json;
    },
    setPolicy: async (policy: object): Promise<void> => {
      const whole = { schema: 'https://certus.dev/privacy-policy/v1', ...policy };
      const path = `/v1/privacy/policies/${workspace}`;
      const answer = await ask('local', path, { method: 'PUT', body: { policy: whole } });
      expect(answer).toMatchObject({ status: 200 });
    },
    review: async (id: string): Promise<ReviewView> => (await ask('ada', `/v1/reviews/${id}?${here}`)).json,
    decide: async (person: Person, { review_id, subject_digest }: ReviewView, verdict: ReviewVerdict) =>
      ask(person, `/v1/reviews/${review_id}/decision`, {
        body: { workspace_id: workspace, verdict, reason: `${person} says so`, subject_digest },
      }),
    /** Whether the review has begun: its row is there a little earlier. */
    isAsking: async (id: string): Promise<boolean> => {
      try {
        const review = await its.client.workflow.getHandle(reviewWorkflowId(workspace, id)).describe();
        return review.status.name === 'RUNNING';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
    /** How a review ended, once it has. */
    outcomeOf: (id: string): Promise<ReviewOutcome> =>
      its.client.workflow.getHandle(reviewWorkflowId(workspace, id)).result(),
    /** The command line as a process of its own, as a person or a pipeline types it. */
    certus: (...words: string[]) =>
      ran(process.execPath, [resolve('cli/certus.mjs'), ...words], {
        PATH: process.env.PATH,
        CERTUS_HOME: its.home,
        CERTUS_API_URL: api.url,
        CERTUS_TOKEN: tokenOf('local'),
      }),
    close: async () => {
      await api.stop();
      await its.close();
    },
  };
}

async function startApiProcess(its: Installation) {
  const port = await new Ports().take('api');
  const token = join(its.home, 'token');
  const tokens = join(its.home, 'tokens.json');
  await writeFile(token, tokenOf('local'));
  await writeFile(tokens, JSON.stringify({ tokens: (['ada', 'bob'] as const).map(holder) }));
  const child = fork(resolve('api/main.ts'), [], {
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...its.common,
      ...apiKeys(its.keys),
      CERTUS_HOME: its.home,
      CERTUS_API_PORT: String(port),
      CERTUS_API_TOKEN_FILE: token,
      CERTUS_API_TOKENS_FILE: tokens,
      CERTUS_SOURCE_ROOTS: its.home,
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += String(chunk)));
  const gone = once(child, 'exit').then(() => Promise.reject(new Error(`api: ${said.slice(-4000)}`)));
  gone.catch(() => undefined); // only an end before it was ready is a fault
  await Promise.race([once(child, 'message'), gone]);
  return { url: `http://127.0.0.1:${port}`, said: () => said, stop: () => stopped(child) };
}

const holder = (subject: Person) => ({
  subject,
  tenant: 'default',
  roles: ['reviewer'],
  token_sha256: createHash('sha256').update(tokenOf(subject)).digest('hex'),
});

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = once(child, 'exit');
  child.kill('SIGTERM');
  await end;
}

export type Ran = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

export async function ran(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (said.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (said.stderr += String(chunk)));
  const [status] = await once(child, 'close');
  return { status: status as number | null, ...said };
}

/** Somebody whom nobody else has heard of, so that all of what is written can be searched for them. */
export function somebody() {
  const digits = `4539${Array.from({ length: 11 }, () => randomInt(10)).join('')}`;
  const number = `${digits}${checkDigit(digits)}`;
  return {
    email: `jane.${randomBytes(5).toString('hex')}@mailbox.org`,
    card: number.replaceAll(/(\d{4})(?=\d)/g, '$1 '),
  };
}

function checkDigit(digits: string): number {
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

/** A page of these lines, small enough to be written by hand. */
export function pdf(line: string): Buffer {
  const stream = `BT /F1 12 Tf 72 720 Td (${line}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, at) => {
    const offset = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return String(offset).padStart(10, '0');
  });
  const start = text.length;
  const entries = offsets.map((offset) => `${offset} 00000 n \n`).join('');
  text += `xref\n0 6\n0000000000 65535 f \n${entries}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

export const rtf = (line: string): string => String.raw`{\rtf1\ansi ${line}}`;
