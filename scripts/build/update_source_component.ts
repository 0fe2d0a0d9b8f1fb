import { resolve } from "node:path";
import { WindlassError } from "../../src/errors/windlass_error.ts";
import { systemReason } from "../../src/files/file_errors.ts";
import { type ComponentSource, componentSource } from "./component_source.ts";

/**
 * The component `update-source` from a file, which is checked before minutes are spent on a build: an object with the channel's
 * address `url` and the metadata `root`. The update client decides whether to trust them.
 *
 * @throws {WindlassError} `WL_BUILD_FAILED` if the file cannot be read or is something else.
 */
export async function updateSourceComponent(path: string): Promise<ComponentSource> {
  const state = await stateOf(path);
  if (state === undefined) {
    return componentSource("update-source", resolve(path));
  }
  throw new WindlassError("WL_BUILD_FAILED", `Cannot build Windlass with updates from '${path}': ${state}`, {
    remedy: "Regenerate the file with 'deno task release source'.",
  });
}

/** What is wrong with the file, or `undefined`. */
async function stateOf(path: string): Promise<string | undefined> {
  let value: unknown;
  try {
    value = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    return error instanceof SyntaxError ? "it is not JSON" : systemReason(error);
  }
  const { url, root } = Object(value);
  if (typeof url !== "string" || !URL.canParse(url)) return "its 'url' is not an address";
  return typeof root === "object" && root !== null ? undefined : "its 'root' is not an object";
}
