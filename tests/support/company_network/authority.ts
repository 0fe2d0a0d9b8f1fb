import { join } from "node:path";
import { runChecked } from "../run_command.ts";
import { openTemporaryFolder } from "../temporary_folder.ts";

/** Days for which the certificates are good. */
const DAYS = "3";

/** A key with its certificate, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** A private authority as companies have it: its servers send their own certificate alone. */
export interface Authority extends AsyncDisposable {
  readonly root: string;
  /** Signed by {@linkcode root}; it has signed what {@linkcode issue} returns. */
  readonly intermediate: string;
  /** The key of {@linkcode intermediate}, for a proxy that signs certificates itself. */
  readonly intermediateKey: string;
  /** A key and a certificate for host names and IPv4 addresses, without the intermediate. */
  issue(...names: readonly string[]): Promise<KeyPair>;
}

/** Makes an authority. Its name is its own, so that two of them are never mistaken for each other. */
export async function openAuthority(name = `Company ${crypto.randomUUID().slice(0, 8)}`): Promise<Authority> {
  await using owned = new AsyncDisposableStack();
  const folder = owned.use(await openTemporaryFolder("windlass-authority")).path;
  const file = (each: string) => join(folder, each);
  const read = (each: string) => Deno.readTextFile(file(each));
  const ofAuthority = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n";
  await request(folder, "root", `${name} root`);
  await sign(folder, "root", null, ofAuthority);
  await request(folder, "intermediate", `${name} intermediate`);
  await sign(folder, "intermediate", "root", ofAuthority);
  const [root, intermediate] = [await read("root.pem"), await read("intermediate.pem")];
  let issued = 0;
  const stack = owned.move();
  return {
    root,
    intermediate,
    intermediateKey: await read("intermediate.key"),
    issue: async (...names) => {
      const leaf = `leaf-${++issued}`;
      await request(folder, leaf, names[0]!);
      const subjects = names.map((each) => `${/^[\d.]+$/.test(each) ? "IP" : "DNS"}:${each}`);
      const extensions = `subjectAltName=${subjects.join(",")}\nextendedKeyUsage=serverAuth\n`;
      await sign(folder, leaf, "intermediate", extensions);
      return { certificate: await read(`${leaf}.pem`), key: await read(`${leaf}.key`) };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function request(folder: string, file: string, name: string): Promise<void> {
  await runChecked([
    ...["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-subj", `/CN=${name}`, "-keyout", join(folder, `${file}.key`), "-out", join(folder, `${file}.csr`)],
  ]);
}

/** Signs by another key of the folder, or by its own. */
async function sign(folder: string, file: string, by: string | null, extensions: string): Promise<void> {
  const path = (name: string) => join(folder, name);
  await Deno.writeTextFile(path(`${file}.extensions`), extensions);
  const signer = by === null
    ? ["-signkey", path(`${file}.key`)]
    : ["-CA", path(`${by}.pem`), "-CAkey", path(`${by}.key`), "-CAcreateserial"];
  await runChecked([
    ...["openssl", "x509", "-req", "-in", path(`${file}.csr`), ...signer, "-days", DAYS, "-sha256"],
    ...["-extfile", path(`${file}.extensions`), "-out", path(`${file}.pem`)],
  ]);
}
