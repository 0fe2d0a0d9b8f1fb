/** What terminals obey: the control characters of C0 and C1, and DEL, but for those that lay out a text. */
// deno-lint-ignore no-control-regex
const CONTROL_REGEXP = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/**
 * A text as it may be printed: names, log lines and answers come from others, and an escape sequence in them would be
 * obeyed. Written as JSON writes them, so that JSON stays the same value. Pure.
 */
export function terminalText(text: string): string {
  return text.replaceAll(
    CONTROL_REGEXP,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
