import type { ProxyAddress, Way } from "../way.ts";
import { parseProxyUrl } from "../ways/proxy_url.ts";

/** Each word of PAC answers: the schemes that it stands for, in the order in which they are tried, and the usual port. */
const WORDS: Readonly<
  Record<string, { readonly schemes: readonly ProxyAddress["scheme"][]; readonly port: number }>
> = {
  PROXY: { schemes: ["http"], port: 80 },
  HTTP: { schemes: ["http"], port: 80 },
  HTTPS: { schemes: ["https"], port: 443 },
  // Which version is meant, the word does not say: what exists today speaks 5, old ones 4.
  SOCKS: { schemes: ["socks5", "socks4"], port: 1080 },
  SOCKS4: { schemes: ["socks4"], port: 1080 },
  SOCKS5: { schemes: ["socks5"], port: 1080 },
};

/** Each is tried for some seconds; the request has failed long before the last of so many. */
const WAYS = 20;
const ANSWER_CHARACTERS = 8_192;

/**
 * The ways of an answer such as `PROXY a:8080; DIRECT`, in its order and each once. What cannot be read is left out; an
 * empty list for an answer that holds nothing else. Pure.
 */
export function parsePacAnswer(answer: string): readonly Way[] {
  const ways = new Map<string, Way>();
  for (const entry of answer.slice(0, ANSWER_CHARACTERS).split(";")) {
    const [word = "", place] = entry.trim().split(/\s+/);
    if (word.toUpperCase() === "DIRECT") ways.set("DIRECT", { kind: "direct" });
    const known = WORDS[word.toUpperCase()];
    if (known === undefined || place === undefined) continue;
    for (const scheme of known.schemes) {
      const proxy = parseProxyUrl(`${scheme}://${/:\d+$/.test(place) ? place : `${place}:${known.port}`}`);
      if (typeof proxy !== "string") ways.set(`${scheme} ${place}`, { kind: "proxy", proxy });
    }
  }
  return [...ways.values()].slice(0, WAYS);
}
