import { HOST_NAMES } from "../../agent/protocol/network_names.ts";

/** The container itself, */
const ITSELF = ["localhost", "127.0.0.1", "::1"];
/** and what Docker gives to its networks, unless the user has chosen other addresses. */
const DOCKER_NETWORKS = "172.16.0.0/12";
/** A name that only the container's own name server can know. */
const SHORT_NAME_REGEXP = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/i;

/**
 * What containers reach without the proxy, as a value of `NO_PROXY`. Of the user's exceptions only names without a dot
 * are added, such as those of Compose services: all else is decided by the host, which the container need not know. Pure.
 *
 * @param noProxy Value of `network.noProxy`.
 */
export function containerExemptions(noProxy: readonly string[]): string {
  const short = noProxy.filter((entry) => SHORT_NAME_REGEXP.test(entry) && !/^\d+$/.test(entry));
  return [...ITSELF, ...HOST_NAMES, DOCKER_NETWORKS, ...short].join(",");
}
