import { z } from "zod";

/** How far a piece of work is, in bytes. */
export interface Progress {
  /** Bytes so far. */
  done: number;
  /** Bytes in total. */
  total: number;
}

export const Progress: z.ZodType<Progress> = z.object({
  done: z.number().describe("Bytes so far"),
  total: z.number().describe("Bytes in total"),
});
