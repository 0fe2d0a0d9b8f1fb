/** How `wsl` writes its own words; what programs in a distro write is passed on untouched. */
export type TextMode = "utf-8" | "utf-16le";

/**
 * UTF-8 only when WSL_UTF8 is exactly "1"; anything else is ignored. To a terminal it is always UTF-8: a console of
 * Windows shows UTF-16 as text, a terminal of Linux does not.
 */
export function textMode(wslUtf8: string | undefined, toTerminal: boolean): TextMode {
  return wslUtf8 === "1" || toTerminal ? "utf-8" : "utf-16le";
}

/**
 * The bytes of a text: every line end becomes CRLF, and there is no byte order mark.
 *
 * @example
 * ```ts
 * encodeOwnText("a\n", "utf-16le"); // 61 00 0d 00 0a 00
 * ```
 */
export function encodeOwnText(text: string, mode: TextMode): Uint8Array<ArrayBuffer> {
  const lines = text.replaceAll("\n", "\r\n");
  if (mode === "utf-8") return new TextEncoder().encode(lines);
  const bytes = new Uint8Array(lines.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < lines.length; index++) view.setUint16(index * 2, lines.charCodeAt(index), true);
  return bytes;
}
