import { z } from 'zod';
import { CertusError, ERROR_STATUS, type ErrorCode } from '../contracts/errors.ts';
import { Problem } from '../contracts/problem.ts';

const PATIENCE = 30_000;
const UPLOAD_PATIENCE = 6 * 60 * 60_000;

export type ApiClient = {
  get<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>>;
  post<T extends z.ZodType>(
    path: string,
    body: unknown,
    schema: T,
    headers?: Record<string, string>,
  ): Promise<z.output<T>>;
  /** Sends a file as it is, however large; it is never in memory as a whole. */
  upload<T extends z.ZodType>(
    path: string,
    file: Blob,
    schema: T,
    method?: 'POST' | 'PUT',
  ): Promise<z.output<T>>;
  put<T extends z.ZodType>(path: string, body: unknown, schema: T): Promise<z.output<T>>;
  /** The bytes of an answer, as they come. */
  download(path: string): Promise<AsyncIterable<Uint8Array>>;
  /** Removes, and reads what that came to. */
  removeAll<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>>;
  /** There is nothing to read in the answer. */
  remove(path: string): Promise<void>;
};

/** Talks to the API; every failure comes back as a CertusError, most of them the API's own. */
export function createApiClient({ address, token }: { address: string; token: string }): ApiClient {
  const call = async <T extends z.ZodType>(path: string, schema: T, request: RequestInit) => {
    const response = await send(address, path, {
      ...request,
      headers: { Accept: 'application/json', Authorization: `Bearer ${token}`, ...request.headers },
    });
    return read(response, schema, address);
  };
  return {
    get: (path, schema) => call(path, schema, { method: 'GET' }),
    post: (path, body, schema, headers = {}) =>
      call(path, schema, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { ...headers, 'Content-Type': 'application/json' },
      }),
    upload: (path, file, schema, method = 'POST') =>
      call(path, schema, {
        method,
        body: file,
        headers: { 'Content-Type': 'application/octet-stream' },
        signal: AbortSignal.timeout(UPLOAD_PATIENCE),
      }),
    put: (path, body, schema) =>
      call(path, schema, {
        method: 'PUT',
        body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json' },
      }),
    download: async (path) => {
      const response = await send(address, path, {
        headers: { Authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(UPLOAD_PATIENCE),
      });
      if (!response.ok) throw asError(await bodyOf(response, address), response.status, address);
      return bytesOf(response, address);
    },
    removeAll: (path, schema) => call(path, schema, { method: 'DELETE' }),
    remove: async (path) => {
      await call(path, z.undefined(), { method: 'DELETE' });
    },
  };
}

async function send(address: string, path: string, request: RequestInit): Promise<Response> {
  try {
    // A redirect would carry the token to wherever it points.
    return await fetch(`${address}${path}`, {
      signal: AbortSignal.timeout(PATIENCE),
      ...request,
      redirect: 'error',
    });
  } catch (cause) {
    throw new CertusError(
      'dependency_unavailable',
      `the API at ${address} does not answer (${reasonOf(cause)})`,
      { cause },
    );
  }
}

async function read<T extends z.ZodType>(
  response: Response,
  schema: T,
  address: string,
): Promise<z.output<T>> {
  const body = await bodyOf(response, address);
  if (!response.ok) throw asError(body, response.status, address);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new CertusError(
    'internal_error',
    `the API at ${address} answered something else than was agreed; is it another version?`,
  );
}

async function* bytesOf(response: Response, address: string): AsyncGenerator<Uint8Array> {
  try {
    yield* response.body ?? [];
  } catch (cause) {
    throw brokenOff(address, cause);
  }
}

async function bodyOf(response: Response, address: string): Promise<unknown> {
  if (response.status === 204) return undefined;
  try {
    return await response.json();
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw brokenOff(address, cause);
  }
}

const brokenOff = (address: string, cause: unknown): CertusError =>
  new CertusError('dependency_unavailable', `the API at ${address} broke off (${reasonOf(cause)})`, {
    cause,
  });

function asError(body: unknown, status: number, address: string): CertusError {
  const parsed = Problem.safeParse(body);
  if (!parsed.success || !Object.hasOwn(ERROR_STATUS, parsed.data.code)) {
    const code = status >= 500 ? 'dependency_unavailable' : 'internal_error';
    return new CertusError(code, `${address} answered ${status}, and not as Certus would`);
  }
  const { code, detail, errors, request_id } = parsed.data;
  const named =
    errors.length > 1 ? errors.map(({ path, message }) => `${path}: ${message}`).join('; ') : detail;
  const trail = status >= 500 ? ` (request_id ${request_id})` : '';
  return new CertusError(code as ErrorCode, `${named}${trail}`, { fields: errors });
}

/** fetch hides the reason ("fetch failed") one or two causes deep. */
function reasonOf(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause !== undefined) deepest = deepest.cause;
  const code = (deepest as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : deepest instanceof Error ? deepest.message : String(deepest);
}
