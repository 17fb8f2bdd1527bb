import type { KeyObject } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { EnrolmentView } from '../../contracts/enrolment.ts';
import type { Environment } from '../../contracts/keys.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import { sampleStatement } from '../../domain/enrolment/compliance-sample.ts';
import { makeSigningRequest } from '../../domain/enrolment/make-signing-request.ts';
import { signWithKey } from '../../domain/sigstore/key-hash.ts';
import type { ApiClient } from '../api-client.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { enrolmentStep } from '../enrolment-step.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { fileIsThere, ownKey } from '../own-key.ts';

type Options = {
  readonly environment: Environment;
  readonly password?: string;
  readonly key: string;
  readonly certificate: string;
};

/** The private key stays in its file: what goes out is a request that it has signed, and a sample. */
export async function enrol(
  { api: connect, output, workingDirectory }: Context,
  { environment, password, key, certificate }: Options,
): Promise<ExitCode> {
  const keyFile = resolve(workingDirectory, key);
  const certificateFile = resolve(workingDirectory, certificate);
  if (await fileIsThere(certificateFile))
    throw new CommandError('file_exists', EXIT.usage, `${certificateFile} is there already`);
  const secret = requirePassword(environment, password);
  const api = connect();
  const privateKey = await ownKey(keyFile);
  const csr = await makeSigningRequest(privateKey);
  const enrolled =
    secret === undefined
      ? await enrolmentStep(api, '/v1/enrolment/sandbox', { csr })
      : await throughCompliance(api, csr, secret, privateKey);
  await writeFile(certificateFile, certificateOf(enrolled), { flag: 'wx', mode: 0o644 });
  const { enrolment_id, key_id, expires_at } = enrolled;
  const result = {
    enrolment_id,
    key_id,
    environment,
    expires_at,
    key: keyFile,
    certificate: certificateFile,
  };
  output.result(result, () => {
    output.line(`${key_id}  ${environment}  until ${expires_at}`);
    output.note(`the private key is ${keyFile}, its certificate ${certificateFile}`);
  });
  return EXIT.ok;
}

function requirePassword(environment: Environment, password: string | undefined): string | undefined {
  if (environment === 'sandbox') return undefined;
  if (password !== undefined && password !== '') return password;
  throw new CommandError(
    'usage',
    EXIT.usage,
    'production takes a one-time password: give it with --password',
  );
}

/** A certificate for an hour, a sample that answers its challenge, then the one that lasts. */
async function throughCompliance(
  api: ApiClient,
  csr: string,
  password: string,
  privateKey: KeyObject,
): Promise<EnrolmentView> {
  const begun = await enrolmentStep(api, '/v1/enrolment/compliance', { csr, password });
  const path = `/v1/enrolment/${begun.enrolment_id}`;
  const sample = await sealStatement(
    sampleStatement({
      enrolmentId: begun.enrolment_id,
      keyId: begun.key_id,
      environment: begun.environment,
      challenge: begun.challenge,
    }),
    { keyId: begun.key_id, sign: async (bytes) => signWithKey(privateKey, bytes) },
  );
  await enrolmentStep(api, `${path}/sample`, { bundle: JSON.parse(Buffer.from(sample).toString('utf8')) });
  return enrolmentStep(api, `${path}/production`, {});
}

function certificateOf({ certificate_pem, enrolment_id }: EnrolmentView): string {
  if (certificate_pem !== null) return certificate_pem;
  throw new CommandError('no_certificate', EXIT.badData, `${enrolment_id} has no certificate yet`);
}
