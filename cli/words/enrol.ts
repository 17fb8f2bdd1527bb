import { Option } from 'commander';
import type { Context } from '../context.ts';
import { type Words, withFormat } from './options.ts';

type Certificate = Parameters<typeof import('../commands/enrol.ts')['enrol']>[1];
type Password = Parameters<typeof import('../commands/enrol-password.ts')['enrolPassword']>[1];

/** How a key that never leaves its owner comes to be believed. */
export function enrolmentCommands({ program, runs }: Words): void {
  const enrol = program
    .command('enrol')
    .description('get a key of your own believed, without giving it away');
  withFormat(enrol.command('certificate', { isDefault: true }))
    .description('make a key where you are, and get a certificate for it')
    .addOption(
      new Option('--environment <name>', 'what it is for')
        .choices(['sandbox', 'production'])
        .default('sandbox'),
    )
    .addOption(
      new Option(
        '--password <password>',
        'the one-time password from your administrator, for production',
      ).env('CERTUS_ENROLMENT_PASSWORD'),
    )
    .option('--key <file>', 'the private key; made when it is not there', 'certus.key.pem')
    .option('--certificate <file>', 'where the certificate and its issuers go', 'certus.cert.pem')
    .action(
      // read when it is needed: what makes signing requests would make every other command start later
      runs(async (context: Context, options: Certificate) =>
        (await import('../commands/enrol.ts')).enrol(context, options),
      ),
    );
  withFormat(enrol.command('password'))
    .description('issue a one-time password, as an administrator')
    .option('--minutes <number>', 'how long it can be used', '60')
    .action(
      runs(async (context: Context, options: Password) =>
        (await import('../commands/enrol-password.ts')).enrolPassword(context, options),
      ),
    );
}
