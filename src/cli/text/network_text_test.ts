import assert from "node:assert/strict";
import type { NetworkReport } from "../../api/resources/network.ts";
import { NETWORK_REPORT } from "../../../tests/fakes/api_fakes.ts";
import { checkText, reportText } from "./network_text.ts";
import { timeText } from "./time_text.ts";

const AT = "2026-01-02T03:04:05.678Z";
const SHOWN = timeText(AT);
const PROBLEM = {
  code: "WL_PROXY_UNREACHABLE",
  message: "Cannot use the proxy: nothing listens",
  remedy: "Start it.",
};

Deno.test("reportText() shows what decides, the proxies and the hosts, each failure with its remedy", () => {
  assert.equal(
    reportText(NETWORK_REPORT, 120),
    `Way           the proxy settings of Windows
Setting       network.proxy system
Containers    get the proxy from the Docker CLI (a proxy is in force)
Certificates  143 of this machine (ROOT 60, CA 90), in use by the engine

PROXIES
http://proxy.example.com:8080  worked ${SHOWN}

HOST                              WAY                            FROM    REQUESTS  LAST              RULE
registry.example.com:443  FAILED  http://proxy.example.com:8080  engine  3         ${SHOWN}  the proxy settings of Windows
    Cannot reach registry.example.com: the proxy answered '403 Forbidden'
`,
  );
});

Deno.test("reportText() shows a PAC file, what is exempt, certificates that are left out, and hints", () => {
  const report: NetworkReport = {
    ...NETWORK_REPORT,
    settings: {
      proxy: "pac:http://pac.example.com/",
      noProxy: [".example.com", "10.0.0.0/8"],
      containerProxy: "off",
      containerCertificates: true,
    },
    decidedBy: "the PAC file http://pac.example.com/",
    pac: { url: "http://pac.example.com/", state: "stale", readAt: AT, problem: "it answered 404" },
    upstreams: [{ address: "http://p:1", answer: PROBLEM.message, working: false, at: AT }],
    hosts: [],
    certificates: {
      total: 1,
      stores: [],
      refused: [{ subject: "Old (ROOT)", reason: "its serial number is negative" }],
      engine: "at the next idle moment",
    },
    containersUseProxy: false,
    hints: ["A VPN is connected."],
  };
  assert.equal(
    reportText(report, 200),
    `Way           the PAC file http://pac.example.com/
Setting       network.proxy pac:http://pac.example.com/
Without proxy .example.com, 10.0.0.0/8
PAC file      http://pac.example.com/, in use as of ${SHOWN}, since it cannot be read again: it answered 404
Containers    do not get the proxy from the Docker CLI (network.containerProxy off); they get the certificates of this machine
Certificates  1 of this machine, in use after the engine's restart at the next idle moment
              left out: Old (ROOT), its serial number is negative
Note          A VPN is connected.

PROXIES
http://p:1  failed ${SHOWN}
    Cannot use the proxy: nothing listens

Nothing has used the network proxy yet
`,
  );
});

Deno.test("reportText() says what is not known yet", () => {
  const report = { ...NETWORK_REPORT, proxyInForce: false, containersUseProxy: false, certificates: null };
  const lines = reportText(report, 80).split("\n");
  assert.ok(lines.includes("Certificates  not read yet"));
  assert.ok(lines.includes("Containers    do not get the proxy from the Docker CLI (no proxy is in force)"));
});

Deno.test("checkText() shows each step, and what to do about the one that failed", () => {
  const text = checkText({
    host: "registry.example.com",
    port: 443,
    reached: false,
    steps: [
      {
        step: "way",
        result: "ok",
        message: "http://p:1, by the setting network.proxy",
        problem: null,
        milliseconds: 2,
      },
      { step: "connect", result: "failed", message: PROBLEM.message, problem: PROBLEM, milliseconds: 30 },
      { step: "tls", result: "skipped", message: "not tried", problem: null, milliseconds: 0 },
    ],
  }, 80);
  assert.equal(
    text,
    `registry.example.com:443 cannot be reached
  ok      way         http://p:1, by the setting network.proxy (2 ms)
  FAILED  connection  Cannot use the proxy: nothing listens (30 ms)
                      WL_PROXY_UNREACHABLE: Start it.
  -       TLS         not tried
`,
  );
});

Deno.test("checkText() writes an IPv6 address with brackets", () => {
  assert.equal(
    checkText({ host: "fd00::1", port: 5000, reached: true, steps: [] }, 80),
    "[fd00::1]:5000 can be reached\n",
  );
});
