import assert from "node:assert/strict";
import { addCertificates, type ImageConfiguration, imageOfContainer } from "./add_certificates.ts";
import { parseImage } from "./container_certificates.ts";

const FILE = "/usr/share/windlass/certificates/ca-certificates.crt";
const VARIABLES = [
  "SSL_CERT_FILE",
  "NODE_EXTRA_CA_CERTS",
  "DENO_CERT",
  "REQUESTS_CA_BUNDLE",
  "PIP_CERT",
  "CURL_CA_BUNDLE",
  "GIT_SSL_CAINFO",
  "AWS_CA_BUNDLE",
  "CARGO_HTTP_CAINFO",
].map((name) => `${name}=${FILE}`);
const MOUNT = {
  Type: "bind",
  Source: "/run/windlass/certificates",
  Target: "/usr/share/windlass/certificates",
  ReadOnly: true,
};
const PLAIN: ImageConfiguration = { environment: ["PATH=/bin"], labels: {}, volumes: [] };

function add(text: string, image = PLAIN): string {
  return new TextDecoder().decode(addCertificates(new TextEncoder().encode(text), image));
}

const EXPECTED = { Env: VARIABLES, HostConfig: { Mounts: [MOUNT] } };

for (
  const [text, expected] of [
    ["{}", EXPECTED],
    ['{"Image":"a"}', { ...EXPECTED, Image: "a" }],
    ['{"Env":null,"HostConfig":null}', EXPECTED],
    ['{"Env":[],"HostConfig":{}}', EXPECTED],
    ['{"Env":[ ],"HostConfig":{"Mounts":null}}', EXPECTED],
    ['{"Env":["A=1"],"HostConfig":{"Mounts":[{"Type":"tmpfs","Target":"/run"}],"Init":true}}', {
      Env: ["A=1", ...VARIABLES],
      HostConfig: { Mounts: [{ Type: "tmpfs", Target: "/run" }, MOUNT], Init: true },
    }],
    ['{"HostConfig":{"Binds":["/opt:/opt:ro"],"Memory":9007199254740993}}', undefined],
  ] as const
) {
  Deno.test(`addCertificates() adds mount and variables to ${text}`, () => {
    const changed = add(text);
    if (expected !== undefined) assert.deepEqual(JSON.parse(changed), expected);
    else {assert.ok(
        changed.includes('"Memory":9007199254740993') && changed.includes('"/opt:/opt:ro"'),
        changed,
      );}
  });
}

Deno.test("addCertificates() leaves a variable as the request or the image has it", () => {
  const image = { ...PLAIN, environment: ["REQUESTS_CA_BUNDLE=/own.pem"] };
  const { Env } = JSON.parse(
    add('{"env":["SSL_CERT_FILE=/mine.pem","CURL_CA_BUNDLE"]}', image).replace("env", "Env"),
  );
  const names = Env.map((entry: string) => entry.split("=")[0]);
  assert.deepEqual(Env.slice(0, 2), ["SSL_CERT_FILE=/mine.pem", "CURL_CA_BUNDLE"]);
  assert.equal(
    names.filter((name: string) => name === "SSL_CERT_FILE" || name === "CURL_CA_BUNDLE").length,
    2,
  );
  assert.ok(!names.includes("REQUESTS_CA_BUNDLE"));
  assert.ok(names.includes("NODE_EXTRA_CA_CERTS"));
});

for (
  const text of [
    '{"Labels":{"windlass.certificates":"false"}}',
    '{"Labels":{"dev.orbstack.add-ca-certificates":"false"},"HostConfig":{}}',
    '{"HostConfig":{"Binds":["/home/me/usr:/usr"]}}',
    '{"HostConfig":{"Binds":["data:/usr/share/:ro"]}}',
    '{"HostConfig":{"Mounts":[{"Type":"bind","Source":"/a","Target":"/usr/share/windlass/certificates"}]}}',
    '{"HostConfig":{"Tmpfs":{"/usr":""}}}',
    '{"Volumes":{"/data":{},"/usr/share":{}}}',
    "[]",
    "no JSON",
    "",
  ]
) {
  Deno.test(`addCertificates() leaves ${text || "an empty body"} as it is`, () => {
    assert.equal(add(text), text);
  });
}

Deno.test("addCertificates() honours the labels of the image", () => {
  assert.equal(add("{}", { ...PLAIN, labels: { "windlass.certificates": "false" } }), "{}");
  assert.notEqual(add("{}", { ...PLAIN, labels: { "windlass.certificates": "true" } }), "{}");
});

Deno.test("addCertificates() leaves a container whose image has a volume above the folder", () => {
  assert.equal(add("{}", { ...PLAIN, volumes: ["/data", "/usr/"] }), "{}");
  assert.notEqual(add("{}", { ...PLAIN, volumes: ["/data", "/usr/share/doc"] }), "{}");
});

Deno.test("addCertificates() adds to the last of several values, which the decoder keeps", () => {
  const { Env } = JSON.parse(add('{"Env":["A=1"],"Env":["B=2"]}'));
  assert.deepEqual(Env, ["B=2", ...VARIABLES]);
});

Deno.test("imageOfContainer() and parseImage() read what dockerd is asked for, and what it says", () => {
  assert.equal(imageOfContainer(new TextEncoder().encode('{"image":"alpine:3"}')), "alpine:3");
  assert.equal(imageOfContainer(new TextEncoder().encode("{}")), "");
  assert.deepEqual(parseImage('{"Config":{"Env":["A=1"],"Labels":null,"Volumes":{"/data":{}}}}'), {
    environment: ["A=1"],
    labels: {},
    volumes: ["/data"],
  });
  assert.deepEqual(parseImage("{}"), { environment: [], labels: {}, volumes: [] });
});
