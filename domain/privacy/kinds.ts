import type { Severity } from '../../contracts/finding.ts';

export type Kind = {
  readonly rule: string;
  readonly title: string;
  readonly one: string;
  readonly many: string;
  readonly severity: Severity;
  readonly confidence: 'high' | 'medium' | 'low';
};

/** What each kind of personal data is called in a finding, and how much harm it does in a repository. */
export const KINDS: Readonly<Record<string, Kind>> = {
  EMAIL_ADDRESS: {
    rule: 'privacy/email-address',
    title: 'E-mail address',
    one: 'e-mail address',
    many: 'e-mail addresses',
    severity: 'low',
    confidence: 'medium',
  },
  IP_ADDRESS: {
    rule: 'privacy/ip-address',
    title: 'IP address',
    one: 'public IP address',
    many: 'public IP addresses',
    severity: 'info',
    confidence: 'medium',
  },
  PHONE_NUMBER: {
    rule: 'privacy/phone-number',
    title: 'Telephone number',
    one: 'telephone number',
    many: 'telephone numbers',
    severity: 'low',
    confidence: 'medium',
  },
  CREDIT_CARD: {
    rule: 'privacy/credit-card',
    title: 'Credit card number',
    one: 'credit card number',
    many: 'credit card numbers',
    severity: 'medium',
    confidence: 'high',
  },
  IBAN_CODE: {
    rule: 'privacy/bank-account',
    title: 'Bank account number',
    one: 'bank account number',
    many: 'bank account numbers',
    severity: 'medium',
    confidence: 'high',
  },
  US_SSN: {
    rule: 'privacy/social-security-number',
    title: 'Social security number',
    one: 'social security number',
    many: 'social security numbers',
    severity: 'medium',
    confidence: 'medium',
  },
};
