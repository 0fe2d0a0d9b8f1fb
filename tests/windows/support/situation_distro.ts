import type { Language } from "../../support/wsl_situation_texts.ts";

export type Encoding = "utf8" | "wide";

/** How each situation is reported: every language, and the two encodings with and without ASCII being rare. */
export const TELLINGS = [
  { language: "en", encoding: "utf8" },
  { language: "de", encoding: "wide" },
  { language: "ja", encoding: "wide" },
  { language: "ja", encoding: "utf8" },
] as const satisfies readonly { language: Language; encoding: Encoding }[];

/** What a scripted wsl.exe answers to a call for one distro. */
export interface SituationAnswer {
  /** Place in the list of situations. */
  readonly index: number;
  readonly language: Language;
  readonly encoding: Encoding;
}

const NAME_REGEXP = /\bsituation-(\d+)-(\w+)-(\w+)\b/;

/** The name of the distro whose calls get that answer. */
export function situationDistro({ index, language, encoding }: SituationAnswer): string {
  return `situation-${index}-${language}-${encoding}`;
}

/** The answer to a command line, or `null` if it names no such distro. */
export function answerOf(commandLine: string): SituationAnswer | null {
  const [, index, languageText, encodingText] = NAME_REGEXP.exec(commandLine) ?? [];
  const telling = TELLINGS.find(({ language, encoding }) =>
    language === languageText && encoding === encodingText
  );
  return telling === undefined ? null : { index: Number(index), ...telling };
}
