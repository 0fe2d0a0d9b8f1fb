import { WindlassError } from "../errors/windlass_error.ts";

/** The contents of an address file: the host writes it once it is listening, and removes it when it ends. */
export interface ApiAddress {
  /** Such as `http://127.0.0.1:49213`, without a path. */
  readonly url: string;
  /** 64 hexadecimal digits, new with each start of the host. A program that has it can do everything the user can. */
  readonly token: string;
  /** Process id of the host. */
  readonly pid: number;
}

const TOKEN_REGEXP = /^[0-9a-f]{64}$/;
/** No other address is accepted: a file must not be able to make a client send the token to another machine. */
const URL_REGEXP = /^http:\/\/127\.0\.0\.1:\d{1,5}$/;

/**
 * Reads the text of an address file. Pure.
 *
 * @throws {WindlassError} `WL_HOST_NOT_RUNNING` if the text is not valid.
 */
export function parseApiAddress(text: string, path: string): ApiAddress {
  let found: Partial<Record<keyof ApiAddress, unknown>> | null;
  try {
    found = JSON.parse(text);
  } catch (cause) {
    throw unusable(path, { cause });
  }
  const { url, token, pid } = found ?? {};
  if (typeof url !== "string" || !URL_REGEXP.test(url)) throw unusable(path);
  if (typeof token !== "string" || !TOKEN_REGEXP.test(token)) throw unusable(path);
  if (typeof pid !== "number" || !Number.isSafeInteger(pid)) throw unusable(path);
  return { url, token, pid };
}

/** The text of an address file. Pure. */
export function formatApiAddress({ url, token, pid }: ApiAddress): string {
  return `${JSON.stringify({ url, token, pid })}\n`;
}

function unusable(path: string, options: { cause?: unknown } = {}): WindlassError {
  return new WindlassError("WL_HOST_NOT_RUNNING", `Cannot reach the host: ${path} holds no address`, options);
}
