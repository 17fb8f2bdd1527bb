import { Provenance, ProvenanceGraph } from '../../contracts/provenance.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { printableJson } from '../neutralise.ts';
import type { Output } from '../output.ts';
import { query } from '../query.ts';

type Options = { readonly workspace: string; readonly graph?: boolean };

/** Untrusted is an answer that a pipeline must not overlook. */
export async function provenance(
  { api, output, stdout }: Context,
  testId: string,
  { workspace, graph = false }: Options,
): Promise<ExitCode> {
  const path = `/v1/provenance/${encodeURIComponent(testId)}`;
  if (graph) {
    const asked = query({ workspace_id: workspace, format: 'graph' });
    const drawn = await api().get(`${path}${asked}`, ProvenanceGraph);
    stdout.write(`${printableJson(drawn)}\n`);
    return codeOf(drawn);
  }
  const found = await api().get(`${path}${query({ workspace_id: workspace })}`, Provenance);
  output.result(found, () => draw(output, found));
  return codeOf(found);
}

const codeOf = ({ trust_level }: Pick<Provenance, 'trust_level'>): ExitCode =>
  trust_level === 'untrusted' ? EXIT.badData : EXIT.ok;

function draw(output: Output, { links, verification_trail, reasons, ...found }: Provenance): void {
  output.line(`${found.scan_id}  chain ${found.chain_status}, trust ${found.trust_level}`);
  for (const { code, message } of reasons) output.line(`  ${code}: ${message}`);
  output.table(
    ['LINK', 'STATE', 'SIGNER', 'AT', 'DETAIL'],
    links.map(({ link, state, signer, at, detail, fault }) => [
      link,
      state === 'fails' ? 'FAILS' : state,
      signer ?? '-',
      at ?? '-',
      fault ? `${fault.code}: ${detail}` : detail,
    ]),
  );
  output.table(
    ['TIME', 'WHO', 'RESULT', 'WHAT'],
    verification_trail.map(({ timestamp, verifier, result, details }) => [
      timestamp,
      verifier,
      result,
      details,
    ]),
  );
  const { s3, oci, checked } = found.storage_locations;
  output.line(`bundle ${s3 ?? '-'}; artifact ${oci ?? '-'}; checked in ${checked ?? 'no store'}`);
}
