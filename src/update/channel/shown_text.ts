/** Longer texts of others are cut in messages. */
const SHOWN_CHARACTERS = 200;

/** A text that somebody else made, as a message may show it: no control characters, which terminals obey. Pure. */
export function shownText(text: string): string {
  const shown = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, "?");
  return shown.length <= SHOWN_CHARACTERS ? shown : `${shown.slice(0, SHOWN_CHARACTERS)}...`;
}
