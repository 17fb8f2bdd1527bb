import { Option } from 'commander';
import { PromotionState, PromotionView } from '../../contracts/promotion.ts';
import { listDocuments } from '../commands/documents-list.ts';
import { promoteDocuments } from '../commands/documents-promote.ts';
import { promotions } from '../commands/documents-promotions.ts';
import { promotionStatus } from '../commands/documents-status.ts';
import { uploadDocuments } from '../commands/documents-upload.ts';
import { type Words, withFormat, withPages, withWorkspace } from './options.ts';

/** What people bring, and its way to golden. */
export function documentCommands({ program, runs }: Words): void {
  const documents = program.command('documents').description('what people bring, and its way to golden');
  withFormat(withWorkspace(documents.command('upload <path>')))
    .description('bring a file, or all files of a folder; a large one goes on where it broke off')
    .option('--prefix <folder>', 'the folder that they go to', 'active/')
    .action(runs(uploadDocuments));
  withFormat(withPages(withWorkspace(documents.command('list'))))
    .description('what was brought, by name')
    .option('--prefix <text>', 'only what begins with it')
    .action(runs(listDocuments));
  withFormat(withWorkspace(documents.command('promote [names...]')))
    .description('have documents looked into and promoted (exit 2 when some are held back for a review)')
    .option('--prefix <text>', 'all whose name begins with it')
    .option('--component <id>', 'the component that they belong to')
    .option('--assessment <id>', 'the assessment that they belong to')
    .option('--wait', 'stay until it is known what was promoted')
    .action(runs(promoteDocuments));
  withFormat(withPages(withWorkspace(documents.command('status <promotion_id>'))))
    .description('how a promotion goes, or went, document by document')
    .action(runs(promotionStatus));
  withFormat(withPages(withWorkspace(program.command('promotions'))))
    .description('list promotions, newest first')
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(PromotionView.shape.kind.options))
    .addOption(new Option('--state <state>', 'only in this state').choices(PromotionState.options))
    .action(runs(promotions));
}
