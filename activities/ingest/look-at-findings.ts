import { CertusError } from '../../contracts/errors.ts';
import type { FindingDocument } from '../../domain/finding/finding-documents.ts';
import { SANITIZING_POLICY } from '../../domain/sanitize/sanitizing-policy.ts';
import { ModelMask } from '../../services/sanitize/model-mask.ts';
import type { NamesInTexts } from '../../services/sanitize/names-in-texts.ts';

export type FindingsLookedAt = {
  readonly documents: readonly FindingDocument[];
  readonly masked: number;
  /** Those that the model would not look at: they are not to be indexed. */
  readonly unread: readonly string[];
};

/** Findings as they may be indexed where a model is asked as well. One that is away is an error. */
export async function lookAtFindings(
  names: NamesInTexts | undefined,
  documents: readonly FindingDocument[],
  signal: AbortSignal,
): Promise<FindingsLookedAt> {
  if (names === undefined || documents.length === 0) return { documents, masked: 0, unread: [] };
  const mask = new ModelMask(names, SANITIZING_POLICY);
  try {
    // what tools say of code, they say in English
    const masked = await mask.of(documents.flatMap(textsOf), 'en', signal);
    const count = Object.values(mask.counts).reduce((sum, one) => sum + one, 0);
    return { documents: documents.map((one) => withTexts(one, masked)), masked: count, unread: [] };
  } catch (error) {
    if (!(error instanceof CertusError) || error.code !== 'item_unreadable') throw error;
    if (documents.length === 1) return { documents: [], masked: 0, unread: documents.map(({ id }) => id) };
    const middle = documents.length >>> 1;
    const halves = [
      await lookAtFindings(names, documents.slice(0, middle), signal),
      await lookAtFindings(names, documents.slice(middle), signal),
    ];
    return {
      documents: halves.flatMap((half) => half.documents),
      masked: halves.reduce((sum, half) => sum + half.masked, 0),
      unread: halves.flatMap((half) => half.unread),
    };
  }
}

const textsOf = ({ title, text, path = '' }: FindingDocument): string[] => [title, text, path];

const withTexts = (document: FindingDocument, masked: (text: string) => string): FindingDocument => {
  const { title, text, path } = document;
  return {
    ...document,
    ...{ title: masked(title), text: masked(text) },
    ...(path === undefined ? {} : { path: masked(path) }),
  };
};
