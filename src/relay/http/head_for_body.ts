import { lineFeedAt, nameIs } from "./head_bytes.ts";

/**
 * The same request head for a body of `contentLength` bytes that has already arrived: the length takes the place
 * of the header of the old one, the client's wish for `100 Continue` is gone, all other lines are byte-identical.
 */
export function headForBody(head: Uint8Array, contentLength: number): Uint8Array {
  const lines: Uint8Array[] = [];
  let lengthLine: Uint8Array | undefined = new TextEncoder().encode(`Content-Length: ${contentLength}\r\n`);
  for (let at = 0; at < head.length;) {
    const next = lineFeedAt(head, at) + 1;
    if (nameIs(head, at, "content-length") || nameIs(head, at, "transfer-encoding")) {
      if (lengthLine !== undefined) lines.push(lengthLine);
      lengthLine = undefined;
    } else if (!nameIs(head, at, "expect") && !nameIs(head, at, "trailer")) {
      lines.push(head.subarray(at, next));
    }
    at = next;
  }
  const joined = new Uint8Array(lines.reduce((length, line) => length + line.length, 0));
  let at = 0;
  for (const line of lines) {
    joined.set(line, at);
    at += line.length;
  }
  return joined;
}
