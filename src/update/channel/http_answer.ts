/** Such as the strong ETags and dates that servers send; what is longer is not kept. */
const VALIDATOR_CHARACTERS = 256;

/** What a 206 says of its range: where it begins, and bytes of the whole file if it knows. Pure. */
export function contentRange(header: string | null): { start: number; total?: number } | null {
  const [, start, total] = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(header ?? "") ?? [];
  if (start === undefined) return null;
  return { start: Number(start), ...(total === "*" ? {} : { total: Number(total) }) };
}

/** Whether something on the way compressed the body, which nobody undoes. Pure. */
export function isCompressed(headers: Headers): boolean {
  return !/^(identity)?$/i.test(headers.get("content-encoding") ?? "");
}

/** Bytes of the body, where the header says so. Pure. */
export function contentLength(headers: Headers): number | undefined {
  const text = headers.get("content-length");
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** What may be sent as If-Range: a strong ETag, else the date. Pure. */
export function validatorOf(headers: Headers): string | undefined {
  const etag = headers.get("etag");
  if (etag !== null && /^"[\x21\x23-\x7e]*"$/.test(etag) && etag.length <= VALIDATOR_CHARACTERS) return etag;
  const date = headers.get("last-modified");
  return date !== null && /^[\w ,:]{1,40}$/.test(date) ? date : undefined;
}

/** Whether that is how a web page begins; no file of a channel does. Pure. */
export function isWebPage(headers: Headers, start: Uint8Array): boolean {
  if (/^(text\/html|application\/xhtml)/i.test(headers.get("content-type") ?? "")) return true;
  return /^\uFEFF?\s*<(!doctype\s+html|html|head|script|meta)\b/i.test(
    new TextDecoder().decode(start.subarray(0, 256)),
  );
}
