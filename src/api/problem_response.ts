import { ERROR_CODES, type ErrorCode } from "../errors/error_codes.ts";
import { problemOf } from "../errors/problem_of.ts";
import { isWindlassError } from "../errors/windlass_error.ts";
import type { ProblemDetails } from "./resources/problems.ts";

/** The status codes of failures, with their names in HTTP. */
const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  408: "Request Timeout",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  417: "Expectation Failed",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
} as const;

/** The status code of a failed request. */
export type FailureStatus = keyof typeof TITLES;

/** A failure as `application/problem+json` (RFC 9457). Pure. */
export function problemResponse(
  status: FailureStatus,
  problem: { readonly code: ErrorCode; readonly message: string; readonly remedy?: string },
): Response {
  return respond(status, { remedy: ERROR_CODES[problem.code], ...problem });
}

/** Any failure of a route: a WindlassError keeps its code, everything else is a defect. Pure. */
export function responseToError(error: unknown): Response {
  return respond(isWindlassError(error) ? statusOf(error.code) : 500, problemOf(error));
}

function respond(
  status: FailureStatus,
  { code, message, remedy }: { readonly code: string; readonly message: string; readonly remedy: string },
): Response {
  const body: ProblemDetails = {
    type: "about:blank",
    title: TITLES[status],
    status,
    detail: message,
    code,
    remedy,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}

/** Codes that are not listed are about the state of the machine, not about the request: 409. */
const STATUS_OF_CODE: Partial<Record<ErrorCode, FailureStatus>> = {
  WL_API_INVALID: 400,
  WL_API_UNAUTHORIZED: 401,
  WL_API_FORBIDDEN: 403,
  WL_API_NOT_FOUND: 404,
  WL_API_TOO_LARGE: 413,
  WL_WORKSPACE_UNKNOWN: 404,
  WL_NETWORK_HOST_INVALID: 400,
  WL_API_BUSY: 503,
  WL_INTERNAL: 500,
  WL_SETTING_UNKNOWN: 400,
  WL_SETTING_INVALID: 400,
  WL_SETTING_LOCKED: 403,
  WL_DAEMON_OPTIONS_INVALID: 400,
};

function statusOf(code: ErrorCode): FailureStatus {
  return STATUS_OF_CODE[code] ?? 409;
}
