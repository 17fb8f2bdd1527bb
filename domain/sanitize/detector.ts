/** Where something of a kind stands in a text; offsets in UTF-16 units. */
export type Detected = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
};

export type DetectHint = {
  /** Of the file, inside of what it came in: files of some names are written by machines, or name their authors. */
  readonly path?: string;
  readonly format?: string;
  /** The first row of the table that the text is a part of, where the text does not begin with it. */
  readonly heading?: string;
};

export interface Detector {
  /** Name and version of the recognisers, and a digest of what the policy adds to them. */
  readonly rules: string;
  /** In the order of the text; none overlaps another. */
  detect(text: string, hint?: DetectHint): Detected[];
}
