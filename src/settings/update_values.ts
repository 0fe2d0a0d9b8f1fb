import { z } from "zod";
import { hasHiddenPassword, HIDDEN_PASSWORD } from "../proxy/ways/proxy_setting.ts";

/** Addresses are typed by people; the longest that common servers take. */
const ADDRESS_CHARACTERS = 2_048;
/** Past this, a wrong list costs minutes of tries before an update fails. */
const MIRRORS = 16;
/** An absolute path of Linux, of Windows, or of a share of its network. */
const PATH_REGEXP = /^(?:\/|[A-Za-z]:\\|\\\\[^\\]+\\)/;

/** Where the files of a channel are. */
const UpdateAddress = z.string().max(ADDRESS_CHARACTERS, `it has more than ${ADDRESS_CHARACTERS} characters`)
  .refine((text) => !hasHiddenPassword(text), HIDDEN_PASSWORD)
  .refine(
    (text) => isAddress(text, ["https:", "http:", "file:"]) || PATH_REGEXP.test(text),
    "it is neither an address such as 'https://example.com/windlass/' nor an absolute path",
  );

/** Value of `update.url`: an address, or nothing for the usual one. */
export const UpdateUrl = z.string().refine((text) => !hasHiddenPassword(text), HIDDEN_PASSWORD).refine(
  (text) => text === "" || UpdateAddress.safeParse(text).success,
  "it is neither an address such as 'https://example.com/windlass/' nor an absolute path",
);

/** A version, or its first one or two numbers. */
const PIN_REGEXP = /^\d{1,9}(?:\.\d{1,9}(?:\.\d{1,9}(?:-[0-9A-Za-z.-]{1,64})?)?)?$/;

/** Value of `update.pin`: what versions begin with, or nothing. */
export const UpdatePin = z.string().refine(
  (text) => text === "" || PIN_REGEXP.test(text),
  "it is neither a version such as '1.2.7' nor a version prefix such as '1.2'",
);

/** Value of `update.mirrors`. */
export const UpdateMirrors = z.array(UpdateAddress).max(MIRRORS, `there are more than ${MIRRORS}`);

/** Value of `update.proxy`. */
export const UpdateProxy = z.string().refine((text) => !hasHiddenPassword(text), HIDDEN_PASSWORD).refine(
  (text) => text === "system" || text === "none" || isAddress(text, ["http:", "https:", "socks5:"]),
  "it must be 'system', 'none' or an address such as 'http://proxy.example.com:8080'",
);

function isAddress(text: string, protocols: readonly string[]): boolean {
  const url = URL.parse(text);
  return url !== null && protocols.includes(url.protocol) && (url.host !== "" || url.protocol === "file:");
}
