import { z } from "zod";
import { parseNoProxyEntry } from "../proxy/ways/no_proxy.ts";
import { parseProxySetting } from "../proxy/ways/proxy_setting.ts";

/** Each request is compared with all of them; the longest lists of companies have some hundred. */
const NO_PROXY_ENTRIES = 2_000;

/** Value of `network.proxy`. */
export const NetworkProxy = z.string().trim().superRefine((text, context) => {
  const setting = parseProxySetting(text);
  if (typeof setting === "string") context.addIssue({ code: "custom", message: setting });
});

/** Value of `network.noProxy`. */
export const NetworkNoProxy = z.array(z.string()).superRefine((entries, context) => {
  const message = entries.length > NO_PROXY_ENTRIES
    ? `there are more than ${NO_PROXY_ENTRIES}`
    : entries.map(parseNoProxyEntry).find((rule) => typeof rule === "string");
  if (typeof message === "string") context.addIssue({ code: "custom", message });
});

/** The entries in words of a command line: with spaces or commas between them, or JSON, with its quotes or without. Pure. */
export function parseNoProxyWords(words: readonly string[]): string[] {
  const text = words.join(" ").trim();
  // The brackets of a JSON list, as opposed to those of an IPv6 address.
  const list = /^\[(?!(?:[0-9a-f]*:)+[0-9a-f.:]*\])(.*)\]$/is.exec(text)?.[1] ?? text;
  return list.split(/[\s,"']+/).filter((entry) => entry !== "");
}
