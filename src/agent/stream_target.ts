import { DOCKER_SOCKET } from "./dockerd_arguments.ts";

/** What a stream of the host leads to. */
export type StreamTarget =
  | { readonly kind: "rpc" }
  | { readonly kind: "docker" }
  | { readonly kind: "tcp" | "udp"; readonly hostname: string; readonly port: number };

/** Reads the target of a stream; a text says why there is none. Pure. */
export function parseStreamTarget(target: string): StreamTarget | string {
  if (target === "rpc") return { kind: "rpc" };
  // The engine has this one socket. Others, such as containerd's, are no business of the host's.
  if (target === `unix:${DOCKER_SOCKET}`) return { kind: "docker" };
  if (target.startsWith("unix:")) return `the agent serves no socket '${target.slice("unix:".length)}'`;
  // The port is after the last colon, since an IPv6 address has some of its own.
  const found = /^(?<kind>tcp|udp):(?:\[(?<v6>[0-9A-Fa-f:.]+)\]|(?<host>[^:[\]]+)):(?<port>\d{1,5})$/.exec(
    target,
  )?.groups;
  const port = Number(found?.port);
  if (found === undefined || port < 1 || port > 65_535) return `the agent knows no target '${target}'`;
  return { kind: found.kind === "udp" ? "udp" : "tcp", hostname: found.v6 ?? found.host ?? "", port };
}
