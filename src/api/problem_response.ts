import { ERROR_CODES, type ErrorCode } from "../errors/error_codes.ts";
import { isWindlassError } from "../errors/windlass_error.ts";

/** Short names of the status codes that the API uses, as RFC 9457 wants for a problem without a type of its own. */
const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  413: "Content Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** A failure as `application/problem+json` (RFC 9457), with our code and remedy beside the standard members. Pure. */
export function problemResponse(
  status: number,
  problem: { readonly code: ErrorCode; readonly message: string; readonly remedy?: string },
): Response {
  const body = {
    type: "about:blank",
    title: TITLES[status] ?? "Error",
    status,
    detail: problem.message,
    code: problem.code,
    remedy: problem.remedy ?? ERROR_CODES[problem.code],
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}

/** Any failure of a route: a refusal of ours keeps its code, everything else is a defect. Pure. */
export function problemOfError(error: unknown): Response {
  if (isWindlassError(error)) return problemResponse(statusOf(error.code), error);
  const message = error instanceof Error ? error.message : String(error);
  return problemResponse(500, { code: "WL_INTERNAL", message: `Cannot answer: ${message}` });
}

function statusOf(code: ErrorCode): number {
  switch (code) {
    case "WL_API_INVALID":
      return 400;
    case "WL_API_NOT_FOUND":
      return 404;
    default:
      return 409;
  }
}
