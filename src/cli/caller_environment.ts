/** The launcher puts it in front of names that the runtime itself would obey; see src/launcher/foreign_variables.h. */
export const CALLER_PREFIX = "WINDLASS_CALLER_";
const FOREIGN_REGEXP = /^(?:DENO|NODE|OTEL)_/i;

/** The environment that the caller has given, from the one that this process has. Pure. */
export function callerEnvironment(environment: Readonly<Record<string, string>>): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    const own = name.startsWith(CALLER_PREFIX) ? name.slice(CALLER_PREFIX.length) : undefined;
    if (own !== undefined && FOREIGN_REGEXP.test(own)) given[own] = value;
    // What is left of them is what the launcher has set for the runtime.
    else if (!FOREIGN_REGEXP.test(name)) given[name] = value;
  }
  return given;
}
