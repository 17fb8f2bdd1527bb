import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';

export type LayerFile = {
  readonly path: string;
  /** As whoever made the file has it. */
  readonly mediaType: string;
  /** How the file begins, when that is known. */
  readonly head?: Uint8Array | undefined;
};

/**
 * By what a registry's other readers know a file. Whoever made it may have known no more than that it is JSON or XML: its name
 * tells which, or its first line. A type that says more than that is left as it is.
 */
export function layerType({ path, mediaType, head }: LayerFile): string {
  if (!VAGUE.has(mediaType)) return mediaType;
  const name = path.toLowerCase();
  const byName = BY_NAME.find(([ending]) => name.endsWith(ending))?.[1];
  if (byName !== undefined) return byName;
  const start = head === undefined ? '' : Buffer.from(head.subarray(0, HEAD_BYTES)).toString('latin1');
  return BY_HEAD.find(([sign]) => sign.test(start))?.[1] ?? mediaType;
}

/** How much of a file is looked at. */
export const HEAD_BYTES = 2048;

const VAGUE: ReadonlySet<string> = new Set([
  'application/json',
  'application/xml',
  'application/octet-stream',
  'text/json',
  'text/xml',
]);

const CYCLONEDX = 'application/vnd.cyclonedx';

/** The longest ending of a kind first. */
const BY_NAME: readonly (readonly [string, string])[] = [
  ['.sarif', 'application/sarif+json'],
  ['.sarif.json', 'application/sarif+json'],
  ['.cdx.json', `${CYCLONEDX}+json`],
  ['/bom.json', `${CYCLONEDX}+json`],
  ['.cdx.xml', `${CYCLONEDX}+xml`],
  ['.spdx.json', 'application/spdx+json'],
  ['.openvex.json', 'application/openvex+json'],
  ['.sigstore.json', SIGSTORE_BUNDLE_MEDIA_TYPE],
  ['.sigstore', SIGSTORE_BUNDLE_MEDIA_TYPE],
  ['.intoto.json', 'application/vnd.in-toto+json'],
  ['.jsonl', 'application/jsonl'],
  ['.ndjson', 'application/jsonl'],
  ['.html', 'text/html'],
  ['.md', 'text/markdown'],
  ['.txt', 'text/plain'],
  ['.log', 'text/plain'],
];

/** Bounded steps over bounded text: whoever made the file chose it. */
const BY_HEAD: readonly (readonly [RegExp, string])[] = [
  [/"mediaType"\s{0,9}:\s{0,9}"application\/vnd\.dev\.sigstore\.bundle\./, SIGSTORE_BUNDLE_MEDIA_TYPE],
  [/"bomFormat"\s{0,9}:\s{0,9}"CycloneDX"/, `${CYCLONEDX}+json`],
  [/xmlns(?::\w{1,20})?\s{0,9}=\s{0,9}["']http:\/\/cyclonedx\.org\/schema\/bom\//, `${CYCLONEDX}+xml`],
  [/"spdxVersion"\s{0,9}:\s{0,9}"SPDX-2/, 'application/spdx+json'],
  [/"@context"\s{0,9}:\s{0,9}"https:\/\/spdx\.org\/rdf\/3/, 'application/spdx+json'],
  [/"@context"\s{0,9}:\s{0,9}"https:\/\/openvex\.dev\/ns/, 'application/openvex+json'],
  [/"_type"\s{0,9}:\s{0,9}"https:\/\/in-toto\.io\/Statement\//, 'application/vnd.in-toto+json'],
  [/"payloadType"\s{0,9}:\s{0,9}"application\/vnd\.in-toto\+json"/, 'application/vnd.in-toto+json'],
  [/"\$schema"\s{0,9}:\s{0,9}"[^"]{0,200}sarif[^"]{0,80}"/i, 'application/sarif+json'],
];
