/** Failures and warnings, as every part of the API reports them. */
import { z } from "zod";

const CODE = z.string().describe("Stable error code, such as WL_DISTRO_IMPORT_FAILED");
const MESSAGE = z.string().describe("One sentence: what cannot be done, and why");
const REMEDY = z.string().describe("One sentence: what to do about it");

/** A failure, in words for the user. */
export interface Problem {
  /** Stable error code, such as `WL_DISTRO_IMPORT_FAILED`. */
  code: string;
  /** One sentence: what cannot be done, and why. */
  message: string;
  /** One sentence: what to do about it. */
  remedy: string;
}

export const Problem: z.ZodType<Problem> = z.object({ code: CODE, message: MESSAGE, remedy: REMEDY })
  .meta({ id: "Problem" });

/** Something that works, but not as well as it could. */
export interface Warning extends Problem {
  /** A few words, such as "Docker address in use". */
  title: string;
  /** `info` calls for no action, `warning` limits something, `error` means that a part does not work as set up. */
  severity: "info" | "warning" | "error";
  /** What makes the warning go away, and when that is checked. */
  dependsOn: string;
}

export const Warning: z.ZodType<Warning> = z.object({
  code: CODE,
  message: MESSAGE,
  remedy: REMEDY,
  title: z.string().describe('A few words, such as "Docker address in use"'),
  severity: z.enum(["info", "warning", "error"]).describe(
    "info calls for no action, warning limits something, error means that a part does not work as set up",
  ),
  dependsOn: z.string().describe("What makes the warning go away, and when that is checked"),
}).meta({ id: "Warning" });

/** The body of every failed request: RFC 9457, plus our code and remedy. */
export interface ProblemDetails {
  /** Always `about:blank`; the code identifies the problem. */
  type: string;
  /** Name of the HTTP status code. */
  title: string;
  /** HTTP status code. */
  status: number;
  /** One sentence: what cannot be done, and why. */
  detail: string;
  /** Stable error code, such as `WL_API_UNAUTHORIZED`. */
  code: string;
  /** One sentence: what to do about it. */
  remedy: string;
}

export const ProblemDetails: z.ZodType<ProblemDetails> = z.object({
  type: z.string().describe("Always about:blank; the code identifies the problem"),
  title: z.string().describe("Name of the HTTP status code"),
  status: z.int().describe("HTTP status code"),
  detail: MESSAGE,
  code: z.string().describe("Stable error code, such as WL_API_UNAUTHORIZED"),
  remedy: REMEDY,
}).meta({ id: "ProblemDetails" });
