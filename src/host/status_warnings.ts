import type { Problem } from "../api/schemas.ts";

/**
 * The warnings with each code once: who follows them tells them apart by it. What is left out is in the log. Pure.
 */
export function oncePerCode(warnings: readonly Problem[]): Problem[] {
  const byCode = Map.groupBy(warnings, ({ code }) => code);
  return [...byCode.values()].map(([first, ...more]) => {
    if (more.length === 0) return first!;
    return { ...first!, message: `${first!.message} (and ${more.length} more like it)` };
  });
}
