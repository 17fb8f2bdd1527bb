import { SanitizeAnswer } from '../../contracts/sanitize.ts';

export const sanitizeExamples = {
  requests: {
    mask: { text: 'Call +49 30 901820 about the contract.' },
    pseudonymise: {
      texts: ['Name: Ada Moreno', 'Patient: Ada Moreno'],
      operator: 'redact',
      operators: { PERSON: 'pseudonymise' },
    },
    detect: { text: 'Call +49 30 901820 about the contract.', detect_only: true },
  },
  answer: SanitizeAnswer.parse({
    text: 'Call [PHONE_NUMBER] about the contract.',
    findings: [{ index: 0, type: 'PHONE_NUMBER', start: 5, end: 18, score: 0.95 }],
    counts: { PHONE_NUMBER: 1 },
    rules: 'certus-detector/1',
    model: null,
  }),
};
