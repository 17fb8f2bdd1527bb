import { describe, expect, test } from '@jest/globals';
import { createDetector } from '../../../domain/sanitize/create-detector.ts';
import { DEFAULT_PRIVACY_POLICY } from '../../../domain/sanitize/default-privacy-policy.ts';
import { LABELLED } from './labelled.ts';

const detector = createDetector(DEFAULT_PRIVACY_POLICY, 'documents');
const finds = (type: string, text: string) => detector.detect(text).some((found) => found.type === type);
const FLOOR = 0.95;

describe('of what is labelled, little is missed and little else is taken for it', () => {
  test.each(LABELLED)('$type', ({ type, positive, negative }) => {
    const missed = positive.filter((text) => !finds(type, text));
    const mistaken = negative.filter((text) => finds(type, text));
    const right = positive.length - missed.length;
    const [recall, precision] = [right / positive.length, right / (right + mistaken.length)];

    expect(Math.min(positive.length, negative.length)).toBeGreaterThanOrEqual(20);
    // the texts are shown where the floor does not hold
    if (Math.min(recall, precision) < FLOOR)
      expect({ missed, mistaken }).toEqual({ missed: [], mistaken: [] });
  });
});
