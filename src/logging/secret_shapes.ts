import { REDACTED } from "./redacted.ts";

/** Tokens that say by how they begin what they are: GitHub, GitLab, Slack, Docker, npm, PyPI, cloud providers. */
const PREFIXED_REGEXP =
  /(?<![A-Za-z0-9_])(?:gh[pousr]_|github_pat_|gl(?:pat|dt|rt|ptt|ft|agent|oas|cbt)-|xox[a-z]-|xapp-|dckr_[op]at_|npm_|pypi-|hf_|sk-|[sr]k_(?:live|test)_|AIza|ya29\.|shp(?:at|ss|ca|pa)_|dop_v1_|AKIA|ASIA|hvs\.)[\w.-]{10,}/g;
/** A JSON web token: two parts in base64 that begin as JSON does, and a signature. */
const WEB_TOKEN_REGEXP = /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/g;
/** Links that are a secret as a whole. */
const HOOK_REGEXP =
  /(hooks\.slack\.com\/(?:services|workflows|triggers)|(?:discord|discordapp)\.com\/api\/webhooks|webhook\.office\.com\/webhookb2|outlook\.office\.com\/webhook)\/[^\s"'<>\\]+/gi;
/** The folder of a workspace's socket, whose name lets a user of any distro use the engine. */
const SOCKET_FOLDER_REGEXP = /(wsl\/windlass[a-z0-9-]{0,64}\/)[0-9a-f]{32}(?![0-9a-f])/g;
/** `Bearer x`, wherever it stands. Words after it that belong to a sentence or a challenge are left. */
const BEARER_REGEXP =
  /(?<![\w-])(bearer[ \t]{1,4})(?!(?:realm|tokens?|auth\w{0,16}|scheme|of|is|was|and|or|error)\b)[\w.~+/=-]+/gi;
/** `Basic x` with something that looks like base64. */
const BASIC_REGEXP =
  /(?<![\w-])([Bb]asic[ \t]{1,4})(?=[A-Za-z]{0,64}[0-9=+/]|[A-Za-z]{0,64}[a-z][A-Z])[A-Za-z0-9+/]{6,}={0,2}/g;
/** `curl -u user:password`. A user id with a group id, as of `docker run -u`, is not one. */
const USER_REGEXP =
  /(?<![\w-])((?:-u|-U|--user|--proxy-user)[ =]{1,4}\\{0,3}["']?(?!\d{1,10}:\d{1,10}(?!\w))[^\s:"'\\]{1,128}:)[^\s"'\\]+/g;
/** A line of a key, where each line is a line of the log of its own. A digest has other letters. */
const KEY_LINE_REGEXP = /^(?![0-9a-f]+$)[A-Za-z0-9+/]{60,76}={0,2}\r?$/gm;

const KEY_BEGIN_REGEXP = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----/g;
const KEY_END_REGEXP = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----/g;

/**
 * Takes out what is known to be secret by its shape, whatever it is called. Linear: every pattern begins with fixed
 * text, and what it repeats without bound cannot begin it again. Pure.
 */
export function redactSecretShapes(text: string): string {
  return redactKeys(text)
    .replace(HOOK_REGEXP, `$1/${REDACTED}`)
    .replace(SOCKET_FOLDER_REGEXP, `$1${REDACTED}`)
    .replace(BEARER_REGEXP, `$1${REDACTED}`)
    .replace(BASIC_REGEXP, `$1${REDACTED}`)
    .replace(USER_REGEXP, `$1${REDACTED}`)
    .replace(PREFIXED_REGEXP, REDACTED)
    .replace(WEB_TOKEN_REGEXP, REDACTED);
}

/** Takes out private keys. One that is cut goes to the end of the text. */
function redactKeys(text: string): string {
  if (!text.includes("-----BEGIN ")) return text.replace(KEY_LINE_REGEXP, REDACTED);
  let clean = "";
  let kept = 0;
  KEY_BEGIN_REGEXP.lastIndex = 0;
  while (KEY_BEGIN_REGEXP.exec(text) !== null) {
    clean += text.slice(kept, KEY_BEGIN_REGEXP.lastIndex) + REDACTED;
    KEY_END_REGEXP.lastIndex = KEY_BEGIN_REGEXP.lastIndex;
    const end = KEY_END_REGEXP.exec(text);
    kept = end === null ? text.length : end.index;
    KEY_BEGIN_REGEXP.lastIndex = kept;
    if (end === null) break;
  }
  return (clean + text.slice(kept)).replace(KEY_LINE_REGEXP, REDACTED);
}
