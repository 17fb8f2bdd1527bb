import { CertusError } from '../../contracts/errors.ts';
import { KeySetStatement } from '../../contracts/key-registry.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';

/** Trust's newest signed list of a tenant's keys; none before the first key was admitted. */
export async function newestKeySet({ client }: Database, tenant: string): Promise<Uint8Array | undefined> {
  const row = await reachable(
    client.keySetVersion.findFirst({
      where: { tenant },
      orderBy: { version: 'desc' },
      select: { statement: true, version: true },
    }),
  );
  if (row === null) return undefined;
  requireOwnNumber(row);
  return row.statement;
}

/**
 * An old list of Trust's under a new number would take a revocation back, and only the list's own number is signed. What is
 * no list at all is left to those who verify it.
 */
function requireOwnNumber({ statement, version }: { statement: Uint8Array; version: number }): void {
  const own = KeySetStatement.safeParse(payloadOf(statement)).data?.predicate.version ?? version;
  if (own !== version)
    throw new CertusError('key_unusable', `under number ${version} there is list ${own} of the keys`);
}

function payloadOf(statement: Uint8Array): unknown {
  try {
    const { dsseEnvelope } = JSON.parse(Buffer.from(statement).toString('utf8'));
    return JSON.parse(Buffer.from(String(dsseEnvelope?.payload), 'base64').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
