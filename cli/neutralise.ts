/**
 * Names come from repositories that we do not trust. Printed as they are, an escape sequence in a file name could
 * clear the screen, change the window's title or paint a failed gate green; a bidirectional override could reverse
 * what is read. They are shown instead of obeyed.
 */
export function neutralise(text: string): string {
  return text.toWellFormed().replaceAll(HOSTILE, (character) => `\\u{${hex(character)}}`);
}

/** The same for JSON, where the escape is the language's own, so that programs read the true value. */
export function printableJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).replaceAll(
    HOSTILE_IN_JSON,
    (character) => `\\u${hex(character).padStart(4, '0')}`,
  );
}

/** Control characters, line separators, zero-width characters, and marks that turn the direction of text. */
const HOSTILE = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;
/** JSON.stringify has escaped the low control characters in strings; the line feeds left are its own indentation. */
const HOSTILE_IN_JSON = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16);
}
