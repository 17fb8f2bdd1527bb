import type { ReviewSubject } from './review.ts';

// Workflow code imports this file: it must stay free of everything that a workflow's sandbox need not load.

/** Whether a masked copy can be made of all that is held back; on record since it is asked for. */
export const isMaskable = (subject: ReviewSubject): boolean =>
  subject.kind === 'document' ? subject.masked !== null : subject.maskable !== false;

/** What a decision names: the document's own digest, or that of the whole bundle. */
export const subjectDigest = (subject: ReviewSubject): string =>
  subject.kind === 'document' ? subject.document.sha256 : subject.bundleDigest;
