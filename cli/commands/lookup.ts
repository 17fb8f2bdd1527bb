import { Sha256 } from '../../contracts/identifiers.ts';
import { DigestLookup } from '../../contracts/provenance.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Output } from '../output.ts';

/** Exit code as for what is not found when nothing knows the digest. */
export async function lookup({ api, output }: Context, digest: string): Promise<ExitCode> {
  const sha256 = digest.toLowerCase().replace(/^sha256:/, '');
  if (!Sha256.safeParse(sha256).success)
    throw new CommandError('invalid_digest', EXIT.usage, `${digest} is not a SHA-256: 64 hexadecimal digits`);
  const found = await api().get(`/v1/artifacts/by-digest/${sha256}`, DigestLookup);
  output.result(found, () => draw(output, found));
  return found.bundles.length === 0 ? EXIT.notFound : EXIT.ok;
}

function draw(output: Output, { bundles, permits, promotions, violations, truncated }: DigestLookup): void {
  if (bundles.length === 0) output.line('nothing knows this digest');
  output.table(
    ['WORKSPACE', 'SCAN', 'AS', 'NAME'],
    bundles.map(({ workspace_id, test_id, kind, name }) => [workspace_id, test_id, kind, name]),
  );
  output.table(
    ['PERMIT', 'SCAN', 'ANSWER', 'TIER', 'AT', 'REVOKED KEYS'],
    permits.map(({ permit_id, test_id, permitted, reason, tier, decided_at, tainted, bypass }) => [
      permit_id,
      test_id,
      permitted ? (bypass ? 'yes, past the rules' : 'yes') : `no: ${reason ?? '-'}`,
      tier,
      decided_at,
      tainted.map(({ key_id }) => key_id).join(' ') || '-',
    ]),
  );
  output.table(
    ['PROMOTED', 'STATUS', 'GOLDEN', 'REGISTRY'],
    promotions.map(({ test_id, upload_status, golden_manifest, oci_reference }) => [
      test_id,
      upload_status,
      golden_manifest ?? '-',
      oci_reference ?? '-',
    ]),
  );
  for (const { permit_id, rule, message } of violations)
    output.line(`${permit_id} violates ${rule}: ${message}`);
  if (truncated) output.note('there is more than is shown here');
}
