import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { problemResponse, responseToError } from "./problem_response.ts";

/** JSON in UTF-8 is the only media type that the API accepts. */
const JSON_TYPE_REGEXP = /^application\/json\s{0,8}(?:;\s{0,8}charset="?utf-?8"?\s{0,8})?$/i;

/** Refuses a body that is not declared as JSON in UTF-8, before a route tries to read it. */
export const jsonBodiesOnly: MiddlewareHandler = async ({ req }, next) => {
  const length = req.header("content-length");
  const hasBody = length === undefined ? req.header("transfer-encoding") !== undefined : length !== "0";
  const type = req.header("content-type") ?? "";
  if (!hasBody) return await next();
  if (JSON_TYPE_REGEXP.test(type)) {
    if (!isUtf8(await req.arrayBuffer())) return notJson();
    return await next();
  }
  return problemResponse(415, {
    code: "WL_API_INVALID",
    message: type === ""
      ? "Cannot answer: the request does not state the media type of its body, which must be application/json"
      : `Cannot answer: the body of the request is '${type}', not application/json in UTF-8`,
  });
};

/**
 * The response to an error of a route. A body that the framework cannot parse is the client's fault, not a defect.
 * Pure.
 */
export function answerToError(error: unknown): Response {
  return error instanceof HTTPException && error.status < 500 ? notJson() : responseToError(error);
}

function notJson(): Response {
  return problemResponse(400, {
    code: "WL_API_INVALID",
    message: "Cannot answer: the body of the request is not valid JSON in UTF-8",
  });
}

/** Checked strictly: a decoder that replaces invalid bytes would accept a damaged setting. */
function isUtf8(bytes: ArrayBuffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
