import type { IncomingMessage } from 'node:http';
import { finished, type Readable } from 'node:stream';
import busboy, { type Busboy } from 'busboy';
import { CertusError } from '../../contracts/errors.ts';
import { invalid } from '../problems.ts';

export type FormShape = {
  /** What the part with the file is called. */
  readonly field: string;
  /** Plain parts that may stand beside it, in any order. */
  readonly plain: readonly string[];
};

export const ONLY_FILE: FormShape = { field: 'file', plain: [] };

/** The one file of a form, with what stands beside it; with `wholeName` a path that it was named with stays whole. */
export async function fileInForm<T>(
  request: IncomingMessage,
  take: (body: Readable, filename: string | undefined) => Promise<T>,
  { wholeName = false, shape = ONLY_FILE }: { readonly wholeName?: boolean; readonly shape?: FormShape } = {},
): Promise<Named<T>> {
  const form = open(request, wholeName, shape);
  const { promise, resolve, reject } = Promise.withResolvers<Named<T>>();
  const fields: Record<string, string> = Object.create(null);
  const others = () => notTheShape(shape);
  form.on('field', (name, value, { valueTruncated }) => {
    if (!shape.plain.includes(name) || name in fields || valueTruncated) reject(others());
    else fields[name] = value;
  });
  let taken: Promise<Named<T>> | undefined;
  form.on('file', (name, body, { filename }) => {
    body.on('error', () => undefined); // told by the form, too
    if (name !== shape.field) reject(others());
    else taken = take(body, filename).then((file) => ({ ...file, filename, fields }));
    taken?.catch(reject);
    if (name !== shape.field) body.resume();
  });
  for (const more of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    form.on(more, () => reject(others()));
  form.on('error', (cause) =>
    reject(new CertusError('invalid_request', 'the form is damaged or ends early', { cause })),
  );
  form.on('close', () => (taken === undefined ? reject(others()) : taken.then(resolve, reject)));
  // also of a request that broke off before anybody listened
  finished(request, { writable: false }, (error) => error && reject(error));
  request.pipe(form);
  try {
    return await promise;
  } finally {
    request.unpipe(form);
    form.destroy();
  }
}

type Named<T> = T & {
  readonly filename: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
};

const MAX_FIELD = 256 * 1024;

function open(request: IncomingMessage, wholeName: boolean, { plain }: FormShape): Busboy {
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      preservePath: wholeName,
      limits: {
        files: 1,
        fields: plain.length,
        parts: 2 + plain.length,
        fieldSize: MAX_FIELD,
        headerPairs: 100,
      },
    });
  } catch (cause) {
    throw new CertusError('invalid_request', 'the form has no boundary', { cause });
  }
}

const notTheShape = ({ field, plain }: FormShape): CertusError => {
  const beside = plain.length === 0 ? 'nothing else' : `beside it at most ${plain.join(', ')}`;
  return invalid([{ path: field, message: `the form must hold one file named "${field}", and ${beside}` }]);
};
