/** A path is shown up to here; container ids and image names fit. */
const PATH_CHARACTERS = 200;
/** Parameters whose values are shown: flags and names that say what a request waits for, and never a secret. */
const SHOWN_PARAMETERS: ReadonlySet<string> = new Set([
  "all",
  "condition",
  "follow",
  "force",
  "fromImage",
  "logs",
  "since",
  "signal",
  "stderr",
  "stdin",
  "stdout",
  "stream",
  "t",
  "tag",
  "tail",
  "until",
]);
const USER_INFORMATION_REGEXP = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)[^/?]*@/;

/**
 * A request's target as logs and reports show it: values of unknown parameters are left out, since a build's arguments
 * or the address of its context may hold a password. Pure.
 *
 * @example `shownPath("/build?t=web&remote=https://u:p@host/")` is `"/build?t=web&remote=…"`.
 */
export function shownPath(target: string): string {
  const query = target.indexOf("?");
  const path = (query < 0 ? target : target.slice(0, query)).replace(USER_INFORMATION_REGEXP, "$1");
  if (query < 0 || path.length > PATH_CHARACTERS) return cut(path);
  // Only as much as can be shown is taken apart: a target may be a megabyte long.
  const parameters = target.slice(query + 1, query + 1 + 4 * PATH_CHARACTERS).split("&").map((parameter) => {
    const equals = parameter.indexOf("=");
    if (equals < 0) return SHOWN_PARAMETERS.has(parameter) ? parameter : "…";
    const name = parameter.slice(0, equals);
    return SHOWN_PARAMETERS.has(name) ? parameter : `${name}=…`;
  });
  return cut(`${path}?${parameters.join("&")}`);
}

function cut(text: string): string {
  return text.length <= PATH_CHARACTERS ? text : `${text.slice(0, PATH_CHARACTERS - 1)}…`;
}
