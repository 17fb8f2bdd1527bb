import { sha256 } from '../custody/digest.ts';

/** Made of the order's id: an order that is carried out twice makes one enrolment. */
export const enrolmentId = (orderId: string): string => `enr_${sha256(`enrolment\n${orderId}`).slice(0, 24)}`;

/**
 * What the sample has to say. It goes by the order, whose id was random and known to nobody before: a sample that was
 * signed for another enrolment, or in advance, does not answer it. And it is kept nowhere where it could be changed.
 */
export const challengeOf = (orderId: string, keyId: string): string =>
  sha256(`challenge\n${orderId}\n${keyId}`);
