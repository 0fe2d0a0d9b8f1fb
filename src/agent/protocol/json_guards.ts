/** Guards for values of JSON, whose content a peer may have made up. Pure. */

export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}

export function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

export function isMember(set: ReadonlySet<string>, value: unknown): boolean {
  return typeof value === "string" && set.has(value);
}
