import {
  CERTIFICATES_FOLDER,
  CERTIFICATES_NAME,
  CONTAINER_CERTIFICATES_FOLDER,
} from "../../agent/protocol/distro_paths.ts";
import {
  arrayElements,
  fieldString,
  fieldValues,
  objectMembers,
  rootValue,
  type Span,
  stringValue,
} from "../http/json_spans.ts";
import { splitBind } from "../paths/bind_text.ts";
import { concatBytes } from "../paths/host_paths.ts";

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

const CONTAINER_FILE = `${CONTAINER_CERTIFICATES_FOLDER}/${CERTIFICATES_NAME}`;

/** What programs read instead of, or beside, the certificates of their image. */
const VARIABLES: readonly string[] = [
  "SSL_CERT_FILE", //       OpenSSL, Go, and what is built on them
  "NODE_EXTRA_CA_CERTS", // Node
  "DENO_CERT", //           Deno
  "REQUESTS_CA_BUNDLE", //  Python's requests
  "PIP_CERT", //            pip
  "CURL_CA_BUNDLE", //      curl
  "GIT_SSL_CAINFO", //      git
  "AWS_CA_BUNDLE", //       AWS's command line and libraries
  "CARGO_HTTP_CAINFO", //   cargo
];

/** A container or an image with one of these set to `false` gets nothing. The second is OrbStack's, which does the same. */
const REFUSING_LABELS: readonly string[] = ["windlass.certificates", "dev.orbstack.add-ca-certificates"];

/** What an image says of itself. */
export interface ImageConfiguration {
  /** `NAME=value`. */
  readonly environment: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Folders in a container, each of which gets a volume of its own. */
  readonly volumes: readonly string[];
}

/** The image that a container is made of, from the body of the request; empty if there is none. Pure. */
export function imageOfContainer(body: Uint8Array): string {
  return fieldString(body, rootValue(body), "Image");
}

/**
 * The body of a request for a container, with the bundle mounted and the variables that name it: those that neither the
 * request nor the image sets. The same bytes if the container is not to have it, or mounts something of its own there.
 * Keys are matched as Go's decoder matches them. Pure.
 */
export function addCertificates(body: Uint8Array, image: ImageConfiguration): Uint8Array {
  const root = rootValue(body);
  if (root === undefined || body[root.start] !== OPEN_BRACE) return body;
  if (refuses(labelsOf(body, root)) || refuses(image.labels)) return body;
  if ([...mountTargets(body, root), ...image.volumes].some(isAbove)) return body;
  return addMount(addVariables(body, root, image));
}

function addVariables(body: Uint8Array, root: Span, image: ImageConfiguration): Uint8Array {
  const lists = fieldValues(body, root, "Env");
  const set = new Set([...elementsOf(body, lists), ...image.environment].map((entry) => entry.split("=")[0]));
  const added = VARIABLES.filter((name) => !set.has(name)).map((name) => `${name}=${CONTAINER_FILE}`);
  return added.length === 0 ? body : insertInto(body, root, lists, "Env", added);
}

function addMount(body: Uint8Array): Uint8Array {
  const mount = {
    Type: "bind",
    Source: CERTIFICATES_FOLDER,
    Target: CONTAINER_CERTIFICATES_FOLDER,
    ReadOnly: true,
  };
  const root = rootValue(body)!;
  const hosts = fieldValues(body, root, "HostConfig");
  const last = hosts.at(-1);
  if (last === undefined || body[last.start] !== OPEN_BRACE) {
    return setMember(body, root, hosts, "HostConfig", JSON.stringify({ Mounts: [mount] }));
  }
  return insertInto(body, last, hosts.flatMap((host) => fieldValues(body, host, "Mounts")), "Mounts", [
    mount,
  ]);
}

/** Adds elements to the array that `name` has last, of its values in `object`; makes one if there is none. */
function insertInto(
  body: Uint8Array,
  object: Span,
  values: readonly Span[],
  name: string,
  added: readonly unknown[],
): Uint8Array {
  const array = values.at(-1);
  if (array === undefined || body[array.start] !== OPEN_BRACKET) {
    return setMember(body, object, values, name, JSON.stringify(added));
  }
  const comma = arrayElements(body, array).length === 0 ? "" : ",";
  const end = array.end - 1;
  return replace(body, { start: end, end }, comma + JSON.stringify(added).slice(1, -1));
}

/** Gives a member a value: in place of the last one that it has, such as `null`, or as the first of the object. */
function setMember(
  body: Uint8Array,
  object: Span,
  values: readonly Span[],
  name: string,
  json: string,
): Uint8Array {
  const last = values.at(-1);
  if (last !== undefined) return replace(body, last, json);
  const comma = objectMembers(body, object).length === 0 ? "" : ",";
  const start = object.start + 1;
  return replace(body, { start, end: start }, `${JSON.stringify(name)}:${json}${comma}`);
}

function replace(body: Uint8Array, { start, end }: Span, json: string): Uint8Array {
  return concatBytes([body.subarray(0, start), new TextEncoder().encode(json), body.subarray(end)]);
}

/** The texts of the last array: the decoder starts the list over with each. */
function elementsOf(body: Uint8Array, arrays: readonly Span[]): string[] {
  return arrayElements(body, arrays.at(-1)).map((element) => stringValue(body, element) ?? "");
}

function labelsOf(body: Uint8Array, root: Span): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const object of fieldValues(body, root, "Labels")) {
    for (const { key, value } of objectMembers(body, object)) labels[key] = stringValue(body, value) ?? "";
  }
  return labels;
}

function refuses(labels: Readonly<Record<string, string>>): boolean {
  return REFUSING_LABELS.some((name) => labels[name] === "false");
}

/** Where a container mounts something. */
function mountTargets(body: Uint8Array, root: Span): string[] {
  const targets: string[] = [];
  for (const volumes of fieldValues(body, root, "Volumes")) {
    for (const { key } of objectMembers(body, volumes)) targets.push(key);
  }
  for (const host of fieldValues(body, root, "HostConfig")) {
    for (const bind of elementsOf(body, fieldValues(body, host, "Binds"))) {
      targets.push(splitBind(bind)?.rest.split(":")[1] ?? "");
    }
    for (const mounts of fieldValues(body, host, "Mounts")) {
      for (const mount of arrayElements(body, mounts)) targets.push(fieldString(body, mount, "Target"));
    }
    for (const tmpfs of fieldValues(body, host, "Tmpfs")) {
      for (const { key } of objectMembers(body, tmpfs)) targets.push(key);
    }
  }
  return targets;
}

/** Whether something mounted there would get our folder in it, which is the user's own, or take its place. */
function isAbove(target: string): boolean {
  const path = `/${target.split("/").filter((part) => part !== "" && part !== ".").join("/")}`;
  return target !== "" &&
    (path === "/" || path === CONTAINER_CERTIFICATES_FOLDER ||
      CONTAINER_CERTIFICATES_FOLDER.startsWith(`${path}/`));
}
