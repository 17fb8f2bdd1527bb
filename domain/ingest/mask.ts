import type { DetectHint } from '../sanitize/detector.ts';

/** Takes personal data and secrets out of a text, and keeps what stands around them. It is asked once about every text. */
export type Mask = (text: string, hint: DetectHint) => string;
