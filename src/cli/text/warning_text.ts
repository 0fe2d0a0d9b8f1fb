import type { Problem } from "../../api/resources/problems.ts";

/** A warning as a terminal shows it. Pure. */
export function describeWarning({ code, message, remedy }: Problem): string {
  return `Warning: ${message}\n  ${code}: ${remedy}\n`;
}
