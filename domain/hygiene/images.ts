import type { Issue } from './issue.ts';

/** An image that may be another tomorrow. One that is put together at run time cannot be judged. */
export function imageIssue(image: string, path: string, line: number): Issue[] {
  const name = image.replace(/^docker:\/\//, '').trim();
  if (name === '' || name === 'scratch' || /[${}]/.test(name) || /@sha256:[0-9a-f]{64}$/.test(name))
    return [];
  const tag = /:([\w][\w.-]{0,127})$/.exec(name)?.[1];
  const isMoving = tag === undefined || tag === 'latest';
  const shown = name.slice(0, 200);
  return [
    {
      rule: 'unpinned-image',
      severity: isMoving ? 'low' : 'info',
      message: isMoving ? `${shown} is whatever is newest` : `${shown} can be moved to another image`,
      path,
      line,
    },
  ];
}
