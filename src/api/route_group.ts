import { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { WindlassError } from "../errors/windlass_error.ts";
import { ProblemDetails } from "./resources/problems.ts";

/**
 * An empty group of routes; README.md says how to add one. Input is checked against the schemas before a handler
 * runs. A handler throws a WindlassError to refuse a request.
 */
export function newRouteGroup(): OpenAPIHono {
  return new OpenAPIHono({
    defaultHook: (result) => {
      if (result.success) return;
      throw new WindlassError("WL_API_INVALID", `Cannot answer: ${describeIssues(result.error)}`);
    },
  });
}

/** The problems of an input in one line, such as "lines: Too big: expected number to be <=2000". Pure. */
export function describeIssues(error: Pick<z.ZodError, "issues">): string {
  return error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`
  )
    .join("; ");
}

/** The failures that every route can return, for its `responses`. */
export const PROBLEMS = {
  default: {
    description: "The problem, and what to do about it",
    content: { "application/problem+json": { schema: ProblemDetails } },
  },
} as const;

/** A JSON response, for a route's `responses`. */
export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { "application/json": { schema } } };
}

/** A stream of server-sent events, for a route's `responses`. The schema describes the data of each event. */
export function eventStream<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { "text/event-stream": { schema } } };
}

/** The response to a request that only starts work. */
export const ACCEPTED = { 202: { description: "Started; the events report its progress" } } as const;
