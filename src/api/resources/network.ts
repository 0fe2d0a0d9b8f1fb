/** How requests of the engine leave this machine: ways, upstream proxies, PAC file, certificates. */
import { z } from "zod";
import { Problem } from "./problems.ts";

/** What the last request of the engine or of containers to one host showed. */
export interface RecentHost {
  /** A name in lower case, or an address. */
  host: string;
  /** 1 to 65535. */
  port: number;
  /** The last client: dockerd and BuildKit, or a container. */
  client: "engine" | "container";
  /** `direct`, or the proxy that was used, such as `http://proxy.example.com:8080`. */
  way: string;
  /** What decided the way, such as `the setting network.proxy`. */
  rule: string;
  /** How the last request ended: `connected`, `led to the container`, or the reason for the failure. */
  outcome: string;
  /** Whether the last request reached the host; one for a container may have ended there. */
  reached: boolean;
  /** From the request until the host was reached, or until the failure. */
  milliseconds: number;
  /** Requests to this host since it was first remembered. */
  requests: number;
  /** How many of them failed. */
  failures: number;
  /** When the last request began, ISO 8601. */
  at: string;
}

export const RecentHost: z.ZodType<RecentHost> = z.object({
  host: z.string().describe("A name in lower case, or an address"),
  port: z.int(),
  client: z.enum(["engine", "container"]).describe("The last client: dockerd and BuildKit, or a container"),
  way: z.string().describe("direct, or the proxy that was used, such as http://proxy.example.com:8080"),
  rule: z.string().describe("What decided the way, such as: the setting network.proxy"),
  outcome: z.string().describe(
    "How the last request ended: connected, led to the container, or the reason for the failure",
  ),
  reached: z.boolean().describe("Whether the last request reached the host"),
  milliseconds: z.int().describe("From the request until the host was reached, or until the failure"),
  requests: z.int().describe("Requests to this host since it was first remembered"),
  failures: z.int().describe("How many of them failed"),
  at: z.iso.datetime().describe("When the last request began"),
}).meta({ id: "RecentHost" });

/** An upstream proxy, and what it said last. */
export interface UpstreamProxy {
  /** Without user name and password, such as `http://proxy.example.com:8080`. */
  address: string;
  /** `connected` if the last connection through it worked, else the reason for the failure. */
  answer: string;
  /** Whether the last connection through it worked. */
  working: boolean;
  /** When that was, ISO 8601. */
  at: string;
}

export const UpstreamProxy: z.ZodType<UpstreamProxy> = z.object({
  address: z.string().describe("Without user name and password, such as http://proxy.example.com:8080"),
  answer: z.string().describe(
    "connected if the last connection through it worked, else the reason for the failure",
  ),
  working: z.boolean().describe("Whether the last connection through it worked"),
  at: z.iso.datetime().describe("When that was"),
}).meta({ id: "UpstreamProxy" });

/** The PAC file that is in use. */
export interface PacStatus {
  /** Where it comes from. */
  url: string;
  /** `ready`; `loading` at first; `stale` if it could not be read again and the last good one is used; `failed`. */
  state: "loading" | "ready" | "stale" | "failed";
  /** When the file in use was read, ISO 8601; `null` before. */
  readAt: string | null;
  /** What went wrong last; `null` if nothing did. */
  problem: string | null;
}

export const PacStatus: z.ZodType<PacStatus> = z.object({
  url: z.string().describe("Where it comes from"),
  state: z.enum(["loading", "ready", "stale", "failed"]).describe(
    "stale: it could not be read again, and the last good one is used",
  ),
  readAt: z.iso.datetime().nullable().describe("When the file in use was read; null before"),
  problem: z.string().nullable().describe("What went wrong last; null if nothing did"),
}).meta({ id: "PacStatus" });

/** The certificates of this machine that the engine trusts beside its own. */
export interface TrustedCertificates {
  /** Different certificates in total. */
  total: number;
  /** How many come from each store, the first one that has it. */
  stores: { name: string; count: number }[];
  /** Those that dockerd would refuse and that are left out, at most 20. */
  refused: { subject: string; reason: string }[];
  /** Whether dockerd uses them already, or restarts at the next idle moment; `unknown` while it does not run. */
  engine: "in use" | "at the next idle moment" | "unknown";
}

export const TrustedCertificates: z.ZodType<TrustedCertificates> = z.object({
  total: z.int().describe("Different certificates in total"),
  stores: z.array(z.object({ name: z.string(), count: z.int() })).describe(
    "How many come from each store, the first one that has it",
  ),
  refused: z.array(z.object({ subject: z.string(), reason: z.string() })).describe(
    "Those that dockerd would refuse and that are left out, at most 20",
  ),
  engine: z.enum(["in use", "at the next idle moment", "unknown"]).describe(
    "Whether dockerd uses them already, or restarts at the next idle moment; unknown while it does not run",
  ),
}).meta({ id: "TrustedCertificates" });

/** The settings of the network that are in force. */
export interface NetworkSettings {
  /** The value of `network.proxy`; a password in it is shown as `***`. */
  proxy: string;
  /** The value of `network.noProxy`. */
  noProxy: string[];
  /** The value of `network.containerProxy`. */
  containerProxy: "auto" | "on" | "off";
  /** The value of `network.containerCertificates`. */
  containerCertificates: boolean;
}

export const NetworkSettings: z.ZodType<NetworkSettings> = z.object({
  proxy: z.string().describe("The value of network.proxy; a password in it is shown as ***"),
  noProxy: z.array(z.string()).describe("The value of network.noProxy"),
  containerProxy: z.enum(["auto", "on", "off"]).describe("The value of network.containerProxy"),
  containerCertificates: z.boolean().describe("The value of network.containerCertificates"),
}).meta({ id: "NetworkSettings" });

/** How requests leave this machine: the output of `windlass network --json` and of `GET /v1/network`. */
export interface NetworkReport {
  /** The settings in force. */
  settings: NetworkSettings;
  /** What decides the way of a request now, in words, such as `the proxy settings of Windows`. */
  decidedBy: string;
  /** Whether any request may go through an upstream proxy at the moment. */
  proxyInForce: boolean;
  /** The PAC file; `null` if Windlass evaluates none. */
  pac: PacStatus | null;
  /** The upstream proxies that were used, the last one first, at most 20. */
  upstreams: UpstreamProxy[];
  /** The last 50 hosts, the last one first. */
  hosts: RecentHost[];
  /** The certificates of this machine that the engine trusts; `null` until they were read. */
  certificates: TrustedCertificates | null;
  /** Whether the Docker CLI hands the proxy to containers and builds. */
  containersUseProxy: boolean;
  /** What to know about VPNs and networks of this machine, a sentence each. */
  hints: string[];
}

export const NetworkReport: z.ZodType<NetworkReport> = z.object({
  settings: NetworkSettings,
  decidedBy: z.string().describe(
    "What decides the way of a request now, in words, such as: the proxy settings of Windows",
  ),
  proxyInForce: z.boolean().describe("Whether any request may go through an upstream proxy at the moment"),
  pac: PacStatus.nullable().describe("The PAC file; null if Windlass evaluates none"),
  upstreams: z.array(UpstreamProxy).describe(
    "The upstream proxies that were used, the last one first, at most 20",
  ),
  hosts: z.array(RecentHost).describe("The last 50 hosts, the last one first"),
  certificates: TrustedCertificates.nullable().describe(
    "The certificates of this machine that the engine trusts; null until they were read",
  ),
  containersUseProxy: z.boolean().describe("Whether the Docker CLI hands the proxy to containers and builds"),
  hints: z.array(z.string()).describe(
    "What to know about VPNs and networks of this machine, a sentence each",
  ),
}).meta({ id: "NetworkReport" });

/** The body of `POST /v1/network/check`. */
export interface NetworkCheckRequest {
  /** `HOST` or `HOST:PORT`, such as `ghcr.io`; the port is 443 by default. An IPv6 address has brackets. */
  host: string;
}

export const NetworkCheckRequest: z.ZodType<NetworkCheckRequest> = z.object({
  host: z.string().min(1).max(300).describe(
    "HOST or HOST:PORT, such as ghcr.io; the port is 443 by default. An IPv6 address has brackets",
  ),
}).meta({ id: "NetworkCheckRequest" });

/** One step of the way to a host. */
export interface CheckStep {
  /** `way`: what decides, and how; `name`: the address; `connect`: to the host or the upstream; `tls`; `registry`. */
  step: "way" | "name" | "connect" | "tls" | "registry";
  /** `skipped` if it does not apply, or an earlier step failed. */
  result: "ok" | "failed" | "skipped";
  /** What was found, in words. */
  message: string;
  /** If it failed: the code, and what to do. */
  problem: Problem | null;
  /** How long the step took. */
  milliseconds: number;
}

export const CheckStep: z.ZodType<CheckStep> = z.object({
  step: z.enum(["way", "name", "connect", "tls", "registry"]).describe(
    "way: what decides, and how; name: the address; connect: to the host or the upstream; tls; registry",
  ),
  result: z.enum(["ok", "failed", "skipped"]).describe(
    "skipped if it does not apply, or an earlier step failed",
  ),
  message: z.string().describe("What was found, in words"),
  problem: Problem.nullable().describe("If it failed: the code, and what to do"),
  milliseconds: z.int().describe("How long the step took"),
}).meta({ id: "CheckStep" });

/** The way to one host, step by step: the output of `windlass network check --json` and of `POST /v1/network/check`. */
export interface NetworkCheck {
  /** The host that was checked. */
  host: string;
  /** The port that was checked. */
  port: number;
  /** Whether no step failed. */
  reached: boolean;
  /** In the order in which a request takes them. */
  steps: CheckStep[];
}

export const NetworkCheck: z.ZodType<NetworkCheck> = z.object({
  host: z.string(),
  port: z.int(),
  reached: z.boolean().describe("Whether no step failed"),
  steps: z.array(CheckStep).describe("In the order in which a request takes them"),
}).meta({ id: "NetworkCheck" });
