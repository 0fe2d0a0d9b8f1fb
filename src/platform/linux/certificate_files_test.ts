import assert from "node:assert/strict";
import { join } from "node:path";
import { WindlassError } from "../../errors/windlass_error.ts";
import { readCertificateFiles } from "./certificate_files.ts";

/** A folder that is gone after the test. */
function openFolder(): { readonly path: string } & Disposable {
  const path = Deno.makeTempDirSync({ prefix: "windlass-" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

function unreadable(state: string): WindlassError {
  return new WindlassError(
    "WL_CERTIFICATES_UNREADABLE",
    `Cannot read the certificates of this machine: ${state}`,
  );
}

Deno.test("readCertificateFiles() reads the first bundle that this machine has", async () => {
  using folder = openFolder();
  const bundles = ["missing", "first", "second"].map((name) => join(folder.path, name));
  for (const path of bundles.slice(1)) Deno.writeTextFileSync(path, `content of ${path}`);
  assert.deepEqual(await readCertificateFiles({ environment: {}, bundles }), [
    { name: bundles[1], purpose: "trusted", pem: `content of ${bundles[1]}` },
  ]);
});

Deno.test("readCertificateFiles() follows the variables that programs follow", async () => {
  using folder = openFolder();
  const file = join(folder.path, "mine.pem");
  const many = join(folder.path, "many");
  Deno.mkdirSync(join(many, "below"), { recursive: true });
  Deno.writeTextFileSync(file, "mine");
  Deno.writeTextFileSync(join(many, "b.crt"), "second");
  Deno.writeTextFileSync(join(many, "a.crt"), "first");
  Deno.symlinkSync("a.crt", join(many, "0123abcd.0"));
  Deno.symlinkSync("nowhere", join(many, "dead.0"));
  Deno.symlinkSync("below", join(many, "folder.0"));
  const environment = { SSL_CERT_FILE: file, SSL_CERT_DIR: `${many}::${folder.path}/missing` };
  assert.deepEqual(await readCertificateFiles({ environment, bundles: [] }), [
    { name: file, purpose: "trusted", pem: "mine" },
    { name: many, purpose: "trusted", pem: "first\nfirst\nsecond\n" },
  ]);
});

Deno.test("readCertificateFiles() says what is missing", async () => {
  using folder = openFolder();
  const none = { bundles: [join(folder.path, "missing")] };
  await assert.rejects(
    readCertificateFiles({ ...none, environment: { SSL_CERT_FILE: "", SSL_CERT_DIR: "" } }),
    unreadable("this machine has no bundle"),
  );
  await assert.rejects(
    readCertificateFiles({ ...none, environment: { SSL_CERT_FILE: "/not/there.pem" } }),
    unreadable("'/not/there.pem', which SSL_CERT_FILE names, does not exist"),
  );
});

Deno.test("readCertificateFiles() reads nothing without an end or beyond any bundle's size", async () => {
  using folder = openFolder();
  await assert.rejects(
    readCertificateFiles({ environment: { SSL_CERT_FILE: "/dev/zero" } }),
    unreadable("'/dev/zero' is not a file"),
  );
  const large = join(folder.path, "large.pem");
  using file = Deno.createSync(large);
  file.truncateSync(9 * 1024 * 1024);
  await assert.rejects(
    readCertificateFiles({ environment: { SSL_CERT_FILE: large } }),
    unreadable(`'${large}' is larger than 8 MiB`),
  );
});
