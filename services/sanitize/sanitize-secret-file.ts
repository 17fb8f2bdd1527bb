import { CertusError } from '../../contracts/errors.ts';
import { readSanitizeSecret, type SanitizeSecret } from '../../domain/sanitize/operators/sanitize-key.ts';
import { readSecretFile } from '../keys/secret-file.ts';

/** The secret of all tenants' keys; one that others can read is refused. */
export async function sanitizeSecretFrom(file: string): Promise<SanitizeSecret> {
  const text = Buffer.from(await readSecretFile(file)).toString('utf8');
  try {
    return readSanitizeSecret(text);
  } catch (error) {
    if (!(error instanceof CertusError)) throw error;
    throw new CertusError(error.code, `${file}: ${error.message}`, { cause: error });
  }
}
