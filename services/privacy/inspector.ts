import type { Readable } from 'node:stream';
import type { Inspection, PrivacyPolicy } from '../../contracts/privacy.ts';

/** A file to look into. A large one is opened only as far as its format asks for; it may be opened more than once. */
export type FileToInspect = {
  /** For people, and for what its ending may tell besides its content. */
  readonly name: string;
  readonly size: number;
  readonly body: Uint8Array | (() => Promise<Readable>);
};

export type InspectRequest = {
  readonly policy: PrivacyPolicy;
  /** Which of its rules. */
  readonly as: 'documents' | 'evidence';
  /** Whether a masked copy is wanted if anything is found: `action` masks the kinds that are to be masked, `all` every kind. */
  readonly mask?: 'action' | 'all';
  /** Whether a person is going to look at it. */
  readonly preview?: boolean;
};

export type MaskedCopy = {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** Added to the name: empty for a format that is masked in place, else of a text that stands for it. */
  readonly suffix: string;
};

/** A part of the text with what was found in it, for whoever may see that; offsets in UTF-16 units. */
export type PreviewPiece = {
  readonly place: string;
  readonly text: string;
  readonly spans: readonly { readonly type: string; readonly start: number; readonly end: number }[];
};

export type Inspected = {
  readonly inspection: Inspection;
  /** Missing where none was wanted, nothing was found, or none can be made. */
  readonly masked?: MaskedCopy;
  readonly preview?: readonly PreviewPiece[];
};

/** Looks into files beside the event loop: what is hostile or slow takes its own thread down and nothing else. */
export interface Inspector {
  /** Names and versions of what looks: it stands in what is signed. */
  readonly rules: string;
  inspect(file: FileToInspect, request: InspectRequest): Promise<Inspected>;
  close(): Promise<void>;
}
