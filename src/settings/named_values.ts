/** A JSON object while it is being filled. A map, since an object would take `__proto__` as more than a name. */
type Names = Map<string, unknown>;

/** What dockerd takes only as text, even where the value is a number. */
const TEXT_ONLY: ReadonlySet<string> = new Set(["log-opts", "proxies"]);

/**
 * Reads words such as `debug=true`, `dns=[10.0.0.53,10.0.0.54]` and `log-opts.max-size=10m` as one JSON object.
 * They need no quotes, so every shell passes them on as they were typed. A dot leads into an object; a value is
 * JSON if it can be, a list if it is in brackets, and text otherwise. Pure.
 *
 * @returns `undefined` if a word has no such form, or two words contradict each other.
 *
 * @example
 * ```ts
 * parseNamedValues(["debug=true", "log-opts.max-file=3"]); // { debug: true, "log-opts": { "max-file": "3" } }
 * ```
 */
export function parseNamedValues(words: readonly string[]): Record<string, unknown> | undefined {
  const root: Names = new Map();
  for (const word of words) {
    const equals = word.indexOf("=");
    const path = word.slice(0, equals).split(".");
    if (equals < 1 || path.includes("")) return undefined;
    const text = word.slice(equals + 1);
    const value = path.length > 1 && TEXT_ONLY.has(path[0]!) ? text : parseValue(text);
    if (!put(root, path, value)) return undefined;
  }
  return objectOf(root);
}

/** Whether the value could be put: a name can hold a value or an object, and a value only once. */
function put(names: Names, [name, ...inner]: readonly string[], value: unknown): boolean {
  const present = names.get(name!);
  if (inner.length === 0) {
    if (present !== undefined) return false;
    names.set(name!, value);
    return true;
  }
  if (present !== undefined && !(present instanceof Map)) return false;
  const child: Names = present ?? new Map();
  names.set(name!, child);
  return put(child, inner, value);
}

function parseValue(text: string): unknown {
  const json = parseJson(text);
  if (json !== undefined) return json;
  if (!text.startsWith("[") || !text.endsWith("]")) return text;
  return text.slice(1, -1).split(",").map((item) => parseJson(item.trim()) ?? item.trim());
}

/** `undefined` for what is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function objectOf(names: Names): Record<string, unknown> {
  return Object.fromEntries(
    [...names].map(([name, value]) => [name, value instanceof Map ? objectOf(value) : value]),
  );
}
