/** The ports of this machine that lead into the engine. */
import { z } from "zod";

/** A port of this machine that leads into the engine. */
export interface PublishedPort {
  /** The transport protocol. */
  protocol: "tcp" | "udp";
  /** The address that Windlass listens on; `0.0.0.0` and `::` mean every address of this machine. */
  address: string;
  /** 1 to 65535. */
  port: number;
  /** The destination inside the engine. */
  container: { address: string; port: number };
  /** Published by a container, or opened by a container on the host network. */
  source: "published" | "host-network";
  /** When the port was opened, ISO 8601. */
  since: string;
  /** Connections, or UDP clients: open now, and in total since the port was opened. */
  connections: { open: number; total: number };
  /** Bytes from clients to the container, and from the container to clients. */
  bytes: { received: number; sent: number };
}

export const PublishedPort: z.ZodType<PublishedPort> = z.object({
  protocol: z.enum(["tcp", "udp"]).describe("The transport protocol"),
  address: z.string().describe(
    "The address that Windlass listens on; 0.0.0.0 and :: mean every address of this machine",
  ),
  port: z.int(),
  container: z.object({ address: z.string(), port: z.int() }).describe("The destination inside the engine"),
  source: z.enum(["published", "host-network"]).describe(
    "Published by a container, or opened by a container on the host network",
  ),
  since: z.iso.datetime().describe("When the port was opened"),
  connections: z.object({
    open: z.int().describe("Connections, or UDP clients, that are open now"),
    total: z.int().describe("Connections in total since the port was opened"),
  }),
  bytes: z.object({
    received: z.int().describe("From clients to the container"),
    sent: z.int().describe("From the container to clients"),
  }),
}).meta({ id: "PublishedPort" });

/** The open ports: the output of `windlass ports --json` and of `GET /v1/ports`. */
export interface PublishedPorts {
  /** Sorted by number. */
  ports: PublishedPort[];
}

export const PublishedPorts: z.ZodType<PublishedPorts> = z.object({
  ports: z.array(PublishedPort).describe("Sorted by number"),
}).meta({ id: "PublishedPorts" });
