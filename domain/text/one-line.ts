/**
 * Foreign text as part of one line of ours: without the characters that move a terminal's cursor, end a line or turn its
 * direction, and not longer than that line has room for.
 */
export function oneLine(text: string, max: number): string {
  const shown = text.replace(INVISIBLE, ' ').trim();
  return shown.length > max ? `${shown.slice(0, max - 1).toWellFormed()}…` : shown.toWellFormed();
}

// Cc and Cf hold the control characters and the ones that reverse the direction of writing; Zl and Zp end a line.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
