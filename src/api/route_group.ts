import { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { WindlassError } from "../errors/windlass_error.ts";
import { ProblemDetails } from "./schemas.ts";

/**
 * An empty group of routes. To add routes to the API: make a file in routes/ whose function returns such a group
 * with its `createRoute` and handlers, add what it needs to `ApiDependencies`, and name it in create_api.ts.
 * Input is checked against the schemas before a handler runs; a handler throws a WindlassError to refuse.
 */
export function newRouteGroup(): OpenAPIHono {
  return new OpenAPIHono({
    defaultHook: (result) => {
      if (result.success) return;
      throw new WindlassError("WL_API_INVALID", `Cannot answer: ${describeIssues(result.error)}`);
    },
  });
}

/** What is wrong with an input, in one line, such as "lines: Too big: expected number to be <=2000". Pure. */
export function describeIssues(error: Pick<z.ZodError, "issues">): string {
  return error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`
  )
    .join("; ");
}

/** The failures of every route, for its `responses`. */
export const PROBLEMS = {
  default: {
    description: "What went wrong, and what to do",
    content: { "application/problem+json": { schema: ProblemDetails } },
  },
} as const;

/** A JSON answer, for a route's `responses`. */
export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { "application/json": { schema } } };
}

/** A stream of server-sent events, for a route's `responses`. The schema is that of each event's data. */
export function eventStream<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { "text/event-stream": { schema } } };
}

/** The answer to what is begun and not waited for. */
export const ACCEPTED = { 202: { description: "It has begun; the events tell how it goes" } } as const;
