import type { ChosenBy } from './unusable.ts';

// What goes to the thread of a model and comes back: values alone, since no class survives the way.

export type ThreadData = {
  /** The folder of the model. */
  readonly folder: string;
  /** The folder that ONNX Runtime was installed in. */
  readonly runtime: string;
};

/** Texts to embed. Without any, the model is only opened. */
export type EmbedTask = { readonly texts: readonly string[] };

export type EmbedAnswer =
  | {
      /** What the model is known by: the same for the same files only. */
      readonly model: string;
      readonly dimension: number;
      /** One after the other, not yet of unit length. */
      readonly vectors: Float32Array;
    }
  /** What a person has to mend. */
  | { readonly unusable: string; readonly setting: ChosenBy }
  | { readonly failure: string };
