import {
  backfillSchedule,
  listSchedules,
  pauseSchedule,
  putSchedule,
  removeSchedule,
  resumeSchedule,
  runSchedule,
  showSchedule,
} from '../commands/schedule.ts';
import { type Words, withCadence, withFormat, withTimes, withWorkspace } from './options.ts';

/** Scans on a cadence. */
export function scheduleCommands({ program, runs }: Words): void {
  const schedule = program.command('schedule').description('scans on a cadence');
  const named = (name: string) => withFormat(withWorkspace(schedule.command(`${name} <component> <name>`)));
  withFormat(withWorkspace(schedule.command('list')))
    .description('the schedules of a workspace')
    .option('--component <id>', 'only of this component')
    .action(runs(listSchedules));
  named('show').description('one schedule, with its last and next runs').action(runs(showSchedule));
  withCadence(named('put'))
    .description('create a schedule, or replace it')
    .requiredOption('--source <source>', 'git URL or absolute path of what is scanned')
    .option('--profile <name>', 'profile of the manifest')
    .option('--branch <name>', 'branch to check out')
    .option('--paused', 'start nothing before it is resumed')
    .action(runs(putSchedule));
  named('pause').description('start nothing more until it is resumed').action(runs(pauseSchedule));
  named('resume').description('go on where it was paused').action(runs(resumeSchedule));
  named('run').description('start a scan now').action(runs(runSchedule));
  withTimes(named('backfill'))
    .description('make up for the runs of a time that has passed')
    .action(runs(backfillSchedule));
  named('remove').description('give it up; runs it has started go on').action(runs(removeSchedule));
}
