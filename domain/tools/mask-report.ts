import { CertusError } from '../../contracts/errors.ts';
import { hideKnownForms } from '../finding/reading/conceal.ts';
import { maskSecrets } from '../secrets/mask-secrets.ts';

export type ReportMask = {
  /** Folders of this machine, with what is to stand for each. */
  readonly folders: readonly (readonly [folder: string, instead: string])[];
};

/**
 * A tool's own report as evidence may hold it: without the secrets of the source that it quotes, and without where on this
 * machine the source lay. What is no JSON is not kept: nobody could say what is in it.
 */
export function maskReport(report: Buffer, { folders }: ReportMask): Buffer {
  const spellings = folders.flatMap(([folder, instead]) =>
    [...new Set([folder, encodeURI(folder)])].flatMap((spelling) => [
      [`${spelling}/`, instead === '' ? '' : `${instead}/`] as const,
      [spelling, instead === '' ? '.' : instead] as const,
    ]),
  );
  const withoutFolders = (text: string) =>
    spellings.reduce((shown, [spelling, instead]) => shown.replaceAll(spelling, instead), text);
  const mask = (value: unknown, quotes: boolean, depth: number): unknown => {
    if (typeof value === 'string') return maskText(withoutFolders(value), quotes);
    if (value === null || typeof value !== 'object') return value;
    if (depth > MAX_DEPTH) throw new CertusError('report_invalid', 'the report is nested too deep');
    if (Array.isArray(value)) return value.map((item) => mask(item, quotes, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        maskText(withoutFolders(key), false),
        mask(item, quotes || QUOTING.test(key), depth + 1),
      ]),
    );
  };
  const parsed: unknown = JSON.parse(report.toString('utf8').replace(/^\ufeff/, ''));
  return Buffer.from(`${JSON.stringify(mask(parsed, false, 0))}\n`);
}

const MAX_DEPTH = 200;

/** Under these names tools show lines of the source. Elsewhere stand digests and identifiers, which must stay what they are. */
const QUOTING =
  /^(?:snippets?|text|code|code_?blocks?|content|source|match(?:es)?|lines?|value|secret|evidence|issue_text)$/i;

function maskText(text: string, quotes: boolean): string {
  const known = hideKnownForms(text);
  return quotes ? known.split('\n').map(maskSecrets).join('\n') : known;
}
