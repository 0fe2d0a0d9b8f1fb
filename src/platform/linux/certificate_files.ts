import { errorText } from "../../errors/error_text.ts";
import { unlessMissing } from "../../errors/unless_missing.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { CertificateStore } from "../certificate_store.ts";

/** Where distributions keep the one file with all certificates: Debian, Fedora, openSUSE, RHEL, Alpine. The first counts. */
const BUNDLES: readonly string[] = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];
/** Bundles have 0.2 MiB. A variable may name any file, even one without an end. */
const BUNDLE_BYTES = 8 * 1024 * 1024;
/** Folders have one file and one link for each certificate, some 300 in all. */
const FOLDER_FILES = 2_000;

/** What the reading depends on; replaced in tests. */
export interface CertificateFilesOptions {
  /** Of this process; programs with OpenSSL and Go programs follow these two. */
  readonly environment?: { readonly SSL_CERT_FILE?: string; readonly SSL_CERT_DIR?: string };
  readonly bundles?: readonly string[];
}

/**
 * The machine's bundle, or what the variables `SSL_CERT_FILE` and `SSL_CERT_DIR` name in its place.
 *
 * @throws {WindlassError} `WL_CERTIFICATES_UNREADABLE` if there is no bundle.
 */
export async function readCertificateFiles(
  { environment = ownEnvironment(), bundles = BUNDLES }: CertificateFilesOptions = {},
): Promise<readonly CertificateStore[]> {
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: folders } = environment;
  const stores: CertificateStore[] = [];
  for (const path of file ? [file] : bundles) {
    const pem = await readBundle(path);
    if (pem === undefined) continue;
    stores.push({ name: path, purpose: "trusted", pem });
    break;
  }
  for (const folder of folders?.split(":").filter((path) => path !== "") ?? []) {
    const pem = await readFolder(folder);
    if (pem !== "") stores.push({ name: folder, purpose: "trusted", pem });
  }
  if (stores.length > 0) return stores;
  const state = file ? `'${file}', which SSL_CERT_FILE names, does not exist` : "this machine has no bundle";
  throw unreadable(state);
}

function ownEnvironment(): { SSL_CERT_FILE?: string; SSL_CERT_DIR?: string } {
  const [file, folders] = [Deno.env.get("SSL_CERT_FILE"), Deno.env.get("SSL_CERT_DIR")];
  return {
    ...file === undefined ? {} : { SSL_CERT_FILE: file },
    ...folders === undefined ? {} : { SSL_CERT_DIR: folders },
  };
}

/** The text of a file; `undefined` if there is none. */
async function readBundle(path: string): Promise<string | undefined> {
  try {
    const info = await unlessMissing(() => Deno.stat(path));
    if (info === undefined) return undefined;
    if (!info.isFile) throw unreadable(`'${path}' is not a file`);
    if (info.size > BUNDLE_BYTES) {
      throw unreadable(`'${path}' is larger than ${BUNDLE_BYTES / 1024 / 1024} MiB`);
    }
    return await unlessMissing(() => Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof WindlassError) throw error;
    throw unreadable(errorText(error), error);
  }
}

async function readFolder(folder: string): Promise<string> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (!isDirectory && names.push(name) === FOLDER_FILES) break;
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw unreadable(errorText(error), error);
  }
  let pem = "";
  for (const name of names.sort()) {
    const path = `${folder}/${name}`;
    const isFile = (await unlessMissing(() => Deno.stat(path)))?.isFile ?? false; // a link may lead anywhere
    if (isFile) pem += `${await readBundle(path) ?? ""}\n`;
    if (pem.length > BUNDLE_BYTES) throw unreadable(`'${folder}' has more than 8 MiB of certificates`);
  }
  return pem;
}

function unreadable(state: string, cause?: unknown): WindlassError {
  return new WindlassError(
    "WL_CERTIFICATES_UNREADABLE",
    `Cannot read the certificates of this machine: ${state}`,
    { cause },
  );
}
