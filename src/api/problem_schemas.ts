import { z } from "zod";
import type * as answers from "./answers.ts";

const problemMembers = {
  code: z.string().describe("Stable error code, such as WL_DISTRO_IMPORT_FAILED"),
  message: z.string().describe("One sentence that says what cannot be done, and why"),
  remedy: z.string().describe("One sentence that says what to do"),
};

/** A failure as it is told to users. */
export const Problem: z.ZodType<answers.Problem> = z.object(problemMembers).meta({ id: "Problem" });

/** Something that works less well than it could. */
export const Warning: z.ZodType<answers.Warning> = z.object({
  ...problemMembers,
  dependsOn: z.string().describe("What must change for the warning to go, and when that is looked at"),
}).meta({ id: "Warning" });

/** A failed request: RFC 9457, with our code and remedy beside the standard members. */
export const ProblemDetails: z.ZodType<answers.ProblemDetails> = z.object({
  type: z.string(),
  title: z.string().describe("The name of the status code"),
  status: z.int(),
  detail: z.string().describe("One sentence that says what cannot be done, and why"),
  code: z.string().describe("Stable error code, such as WL_API_UNAUTHORIZED"),
  remedy: z.string().describe("One sentence that says what to do"),
}).meta({ id: "ProblemDetails" });

// A name is a schema where a value is meant, and what it describes where a type is meant.
/** What the schema of the same name describes. */
export type Problem = answers.Problem;
/** What the schema of the same name describes. */
export type Warning = answers.Warning;
/** What the schema of the same name describes. */
export type ProblemDetails = answers.ProblemDetails;
