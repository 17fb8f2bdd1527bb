import { Option } from 'commander';
import { KEY_ALGORITHMS, KEY_STATUSES } from '../../contracts/key-registry.ts';
import { Environment, RevocationReason } from '../../contracts/keys.ts';
import { deactivateKey, generateKey, revokeKey, rotateKey } from '../commands/keys-change.ts';
import { exportKeys, listKeys } from '../commands/keys-show.ts';
import { uploadKey } from '../commands/keys-upload.ts';
import { type Words, withFormat } from './options.ts';

/** The keys that evidence is signed with. */
export function keyCommands({ program, runs }: Words): void {
  const keys = program.command('keys').description('the keys that evidence is signed with');
  const environment = () =>
    new Option('--environment <name>', 'where it is used').choices(Environment.options);
  const algorithm = () =>
    new Option('--algorithm <name>', 'what kind of key').choices(KEY_ALGORITHMS).default('ecdsa-p256');
  withFormat(keys.command('list'))
    .description('all keys, the newest first')
    .addOption(environment())
    .addOption(new Option('--status <status>', 'only those').choices(KEY_STATUSES))
    .action(runs(listKeys));
  withFormat(keys.command('generate'))
    .description('have a key made; it takes the place of the one before')
    .addOption(environment().default('production'))
    .addOption(algorithm())
    .action(runs(generateKey));
  withFormat(keys.command('rotate'))
    .description('the same, under the name by which it is looked for')
    .addOption(environment().default('production'))
    .addOption(algorithm())
    .action(runs(rotateKey));
  withFormat(keys.command('upload'))
    .description('bring a certificate and its private key')
    .requiredOption('--certificate <file>', 'the certificate in PEM, and its issuers after it')
    .requiredOption('--key <file>', 'the private key in PEM')
    .option('--passphrase-file <file>', 'what opens the key, when it is encrypted')
    .addOption(environment().default('production'))
    .action(runs(uploadKey));
  withFormat(keys.command('deactivate <key_id>'))
    .description('sign nothing more with it; what it signed stays good')
    .action(runs(deactivateKey));
  withFormat(keys.command('revoke <key_id>'))
    .description('believe nothing more that it signed')
    .addOption(
      new Option('--reason <reason>', 'why').choices(RevocationReason.options).default('unspecified'),
    )
    .option('--since <time>', 'what was permitted on its word before this stays good (ISO 8601)')
    .action(runs(revokeKey));
  keys
    .command('export')
    .description('print the public keys that count, for "certus verify --keys"')
    .action(runs(exportKeys));
}
