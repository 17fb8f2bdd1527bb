import { Option } from 'commander';
import { ReviewState } from '../../contracts/review.ts';
import { privacyScan } from '../commands/privacy-scan.ts';
import { rejectReview, releaseMasked, releaseReview } from '../commands/review-decide.ts';
import { listReviews, previewReview, showReview } from '../commands/review-show.ts';
import { type Words, withFormat, withPages, withWorkspace } from './options.ts';

/** Personal data: where there is some, and what people decide about it. */
export function reviewCommands({ program, runs }: Words): void {
  const privacy = program.command('privacy').description('personal data among documents and evidence');
  withFormat(withWorkspace(privacy.command('scan')))
    .description('look for personal data (exit 2 when something must be held back)')
    .addOption(new Option('--prefix <prefix>', 'documents whose name begins so').conflicts('scan'))
    .option('--scan <test_id>', 'the evidence of this scan instead')
    .option('--dry-run', 'report, and hold nothing back')
    .action(runs(privacyScan));

  const review = program.command('review').description('what is held back until a person has decided');
  withFormat(withPages(withWorkspace(review.command('list'))))
    .description('what waits longest comes first')
    .addOption(
      new Option('--state <state>', 'in which state')
        .choices(['pending', 'all', ...ReviewState.options])
        .default('pending'),
    )
    .action(runs(listReviews));
  withFormat(withWorkspace(review.command('show <review_id>')))
    .description('what was found, and what was decided')
    .action(runs(showReview));
  withFormat(withWorkspace(review.command('preview <review_id>')))
    .description('the text around what was found; that you looked is put on record')
    .action(runs(previewReview));
  for (const [name, description, action] of DECISIONS)
    withFormat(withWorkspace(review.command(`${name} <review_id>`)))
      .description(description)
      .requiredOption('--reason <text>', 'why')
      .action(runs(action));
}

const DECISIONS = [
  ['release', 'let it go on as it is', releaseReview],
  ['release-masked', 'let a masked copy go on', releaseMasked],
  ['reject', 'keep it back for good', rejectReview],
] as const;
