/** Makes vectors of texts, such that those that mean much the same lie close together. */
export interface Embedder {
  /** Which model of which server: vectors of two cannot be compared. */
  readonly model: string;
  readonly dimension: number;
  /** One vector of unit length for each text, in their order. What cannot be embedded is an error, and never left out. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>;
  /** Ends what it started, where it did. */
  close?(): Promise<void>;
}
