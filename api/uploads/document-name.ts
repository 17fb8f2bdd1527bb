import { DocumentName } from '../../contracts/documents.ts';
import { CertusError } from '../../contracts/errors.ts';

/** The name that a document gets: two that look the same are made the same where Unicode says that they are, and nowhere else. */
export function documentName(prefix: string, filename: string): string {
  const parsed = DocumentName.safeParse(`${prefix}${filename}`.normalize('NFC'));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ message }) => ({ path: 'name', message }));
  throw new CertusError('invalid_key', `a document cannot have this name: ${fields[0]?.message ?? ''}`, {
    fields,
  });
}
