/** The bytes, when the text is the one way to write them: a second way would be a second name for the same proof. */
export function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
