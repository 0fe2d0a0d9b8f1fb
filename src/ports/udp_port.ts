import type { OpenPort, OpenPortOptions } from "./open_port.ts";
export function openUdpPort(_options: OpenPortOptions): OpenPort {
  throw new Deno.errors.NotSupported("UDP");
}
