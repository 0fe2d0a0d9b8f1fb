/** The way of requests out of this machine, for people. */
import type {
  CheckStep,
  NetworkCheck,
  NetworkReport,
  PacStatus,
  RecentHost,
  TrustedCertificates,
} from "../../api/resources/network.ts";
import { endpoint } from "../../platform/addresses.ts";
import { tableText } from "./table_text.ts";
import { timeText } from "./time_text.ts";
import { wrappedText } from "./wrapped_text.ts";

const INDENT = "    ";
const LABEL_COLUMNS = 14;

/** What decides, what is trusted, and which way the last hosts went. Pure but for the machine's time zone. */
export function reportText(report: NetworkReport, columns: number): string {
  const { settings, pac, certificates } = report;
  const rows: [label: string, text: string][] = [
    ["Way", report.decidedBy],
    ["Setting", `network.proxy ${settings.proxy}`],
  ];
  if (settings.noProxy.length > 0) rows.push(["Without proxy", settings.noProxy.join(", ")]);
  if (pac !== null) rows.push(["PAC file", pacText(pac)]);
  rows.push(["Containers", containersText(report)]);
  rows.push(["Certificates", certificatesText(certificates)]);
  for (const { subject, reason } of certificates?.refused ?? []) {
    rows.push(["", `left out: ${subject}, ${reason}`]);
  }
  for (const hint of report.hints) rows.push(["Note", hint]);
  return rows.map(([label, text]) => labelled(label, text, columns)).join("") +
    upstreamsText(report, columns) + hostsText(report.hosts, columns);
}

/** Each step of the way to a host. Pure. */
export function checkText({ host, port, reached, steps }: NetworkCheck, columns: number): string {
  const headline = `${endpoint(host, port)} ${reached ? "can be reached" : "cannot be reached"}\n`;
  return headline + steps.map((step) => stepText(step, columns)).join("");
}

function stepText({ step, result, message, problem, milliseconds }: CheckStep, columns: number): string {
  const time = result === "skipped" ? "" : ` (${milliseconds} ms)`;
  const label = `  ${RESULT_LABELS[result] ?? result}`.padEnd(LABEL_COLUMNS - 4) +
    (STEP_LABELS[step] ?? step);
  return labelled(label, `${message}${time}`, columns, LABEL_COLUMNS + 8) +
    (problem === null
      ? ""
      : wrappedText(`${problem.code}: ${problem.remedy}`, columns, " ".repeat(LABEL_COLUMNS + 8)));
}

const RESULT_LABELS: Readonly<Record<string, string>> = { ok: "ok", failed: "FAILED", skipped: "-" };
const STEP_LABELS: Readonly<Record<string, string>> = {
  way: "way",
  name: "name",
  connect: "connection",
  tls: "TLS",
  registry: "registry",
};

function pacText({ url, state, readAt, problem }: PacStatus): string {
  const read = timeText(readAt);
  const words: Record<PacStatus["state"], string> = {
    loading: "being read",
    ready: `read ${read}`,
    stale: `in use as of ${read}, since it cannot be read again`,
    failed: "not in use",
  };
  return `${url}, ${words[state] ?? state}${problem === null ? "" : `: ${problem}`}`;
}

function containersText({ settings, containersUseProxy, proxyInForce }: NetworkReport): string {
  const certificates = settings.containerCertificates ? "; they get the certificates of this machine" : "";
  const reason = settings.containerProxy !== "auto"
    ? `network.containerProxy ${settings.containerProxy}`
    : proxyInForce
    ? "a proxy is in force"
    : "no proxy is in force";
  return `${
    containersUseProxy ? "get" : "do not get"
  } the proxy from the Docker CLI (${reason})${certificates}`;
}

function certificatesText(certificates: TrustedCertificates | null): string {
  if (certificates === null) return "not read yet";
  const { total, stores, engine } = certificates;
  const found = stores.map(({ name, count }) => `${name} ${count}`).join(", ");
  const use = engine === "unknown" ? "" : `, ${ENGINE_WORDS[engine] ?? engine}`;
  return `${total} of this machine${found === "" ? "" : ` (${found})`}${use}`;
}

const ENGINE_WORDS: Readonly<Record<string, string>> = {
  "in use": "in use by the engine",
  "at the next idle moment": "in use after the engine's restart at the next idle moment",
};

function upstreamsText({ upstreams }: NetworkReport, columns: number): string {
  if (upstreams.length === 0) return "";
  const lines = upstreams.map(({ address, answer, working, at }) =>
    `${address}  ${working ? "worked" : "failed"} ${timeText(at)}\n` +
    (working ? "" : wrappedText(answer, columns, INDENT))
  );
  return `\nPROXIES\n${lines.join("")}`;
}

function hostsText(hosts: readonly RecentHost[], columns: number): string {
  if (hosts.length === 0) return "\nNothing has used the network proxy yet\n";
  const rows = hosts.map(({ host, port, client, way, rule, requests, at, reached }) => [
    endpoint(host, port),
    reached ? "" : "FAILED",
    way,
    client,
    String(requests),
    timeText(at),
    rule,
  ]);
  const [head, ...lines] = tableText([["HOST", "", "WAY", "FROM", "REQUESTS", "LAST", "RULE"], ...rows]);
  const withProblems = lines.map((line, index) => {
    const { reached, outcome } = hosts[index]!;
    return line + (reached ? "" : wrappedText(outcome, columns, INDENT));
  });
  return `\n${head}${withProblems.join("")}`;
}

/** A label, and a text beside it whose further lines begin below its first one. */
function labelled(label: string, text: string, columns: number, width = LABEL_COLUMNS): string {
  const indent = " ".repeat(width);
  return label.padEnd(width) + wrappedText(text, columns, indent).slice(width);
}
