import type { IncomingMessage } from 'node:http';
import { finished, type Readable } from 'node:stream';
import busboy, { type Busboy } from 'busboy';
import { CertusError } from '../../contracts/errors.ts';
import { invalid } from '../problems.ts';

/** The file of a form that has exactly one part, named "file"; with `wholeName` a path that it was named with stays whole. */
export async function fileInForm<T>(
  request: IncomingMessage,
  take: (body: Readable, filename: string | undefined) => Promise<T>,
  wholeName = false,
): Promise<Named<T>> {
  const form = open(request, wholeName);
  const { promise, resolve, reject } = Promise.withResolvers<Named<T>>();
  let taken: Promise<Named<T>> | undefined;
  form.on('file', (name, body, { filename }) => {
    body.on('error', () => undefined); // told by the form, too
    if (name !== FIELD) reject(onlyFile());
    else taken = take(body, filename).then((file) => ({ ...file, filename }));
    taken?.catch(reject);
    if (name !== FIELD) body.resume();
  });
  for (const more of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    form.on(more, () => reject(onlyFile()));
  form.on('error', (cause) =>
    reject(new CertusError('invalid_request', 'the form is damaged or ends early', { cause })),
  );
  form.on('close', () => (taken === undefined ? reject(onlyFile()) : taken.then(resolve, reject)));
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

type Named<T> = T & { readonly filename: string | undefined };

const FIELD = 'file';

function open(request: IncomingMessage, wholeName: boolean): Busboy {
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      preservePath: wholeName,
      limits: { files: 1, fields: 0, parts: 2, headerPairs: 100 },
    });
  } catch (cause) {
    throw new CertusError('invalid_request', 'the form has no boundary', { cause });
  }
}

const onlyFile = (): CertusError =>
  invalid([{ path: FIELD, message: `the form must hold one file named "${FIELD}", and nothing else` }]);
