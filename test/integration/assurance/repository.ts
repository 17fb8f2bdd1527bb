import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A git repository that a test fills and changes. */
export class Repository {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    this.#git('init', '--quiet', '--initial-branch=main');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  remove(path: string): void {
    rmSync(join(this.folder, path));
  }

  /** Everything as it lies there, whatever the repository would like git to ignore; gives the commit. */
  commit(message = 'change'): string {
    this.#git('add', '--all', '--force');
    this.#git('commit', '--quiet', '--message', message);
    return this.#git('rev-parse', 'HEAD').trim();
  }

  #git(...words: readonly string[]): string {
    const who = [
      '-c',
      'user.name=planter',
      '-c',
      'user.email=planter@certus.example',
      '-c',
      'commit.gpgsign=false',
    ];
    return execFileSync('git', ['-C', this.folder, ...who, ...words], { encoding: 'utf8' });
  }
}
