import type { ProvenEntry, TransparencyEntry } from '../../contracts/transparency.ts';

const DIGEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const ROOT = '60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752';

export const checkpointExample = [
  'log.example.org/certus',
  '2',
  'YDA64iuZiGG847KPM+7BvnWKITyGyTwHbb6fVYwRx1I=',
  '',
  '— log.example.org/certus KE4mxE/QfElk7MSfka4F8Do8ai2U18fUebliohxStiObVLCO1nRt4DzSD5kH/3gkw4yLpAcaFi7rzgzRhTnl+91x3w0=',
  '',
].join('\n');

export const entryExample: TransparencyEntry = {
  entry_id: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
  index: 1,
  timestamp: '2026-01-01T00:00:00.000Z',
  signer: '5d5f8a1b0c7e4d2f9a6b3c8e1f0d7a42',
  entry: {
    v: 1,
    kind: 'permit',
    tenant: 'default',
    workspace: 'default',
    test_id: 'test_0123456789abcdef01234567',
    name: 'permit_0123456789abcdef',
    digest: DIGEST,
    subjects: [ROOT],
    signer: '5d5f8a1b0c7e4d2f9a6b3c8e1f0d7a42',
    at: '2026-01-01T00:00:00.000Z',
    note: null,
  },
};

export const provenExample: ProvenEntry = {
  ...entryExample,
  proof: { tree_size: 2, leaf_index: 1, hashes: [DIGEST], root_hash: ROOT },
  checkpoint: checkpointExample,
  tlog_proof: `c2sp.org/tlog-proof@v1\nindex 1\nn4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=\n\n${checkpointExample}`,
};
