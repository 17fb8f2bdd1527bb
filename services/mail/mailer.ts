export type Mail = {
  /** One plain address. */
  readonly to: string;
  /** The same for the same mail, so that one that was sent twice can be shown once. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
};

/** Hands mail to a server; throws MailError. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
}

export class MailError extends Error {
  /** Whether another try may help. */
  readonly temporary: boolean;

  constructor(message: string, temporary: boolean) {
    super(message);
    this.name = 'MailError';
    this.temporary = temporary;
  }
}
