import assert from "node:assert/strict";
import { openExecutable } from "../../../src/payload/executable.ts";
import { verifyExecutable } from "../../../src/payload/verify_executable.ts";
import { flipByte } from "../../end_to_end/executable/small_executable.ts";
import { runChecked, runCommand } from "../../support/run_command.ts";
import { oncePerFile } from "../../support/once_per_file.ts";
import { openWine } from "../support/wine.ts";
import {
  componentFiles,
  expectedFiles,
  makeStandInExecutable,
  type WindowsExecutable,
} from "./windows_executable.ts";

const windows = oncePerFile(openWine);
const standIn = oncePerFile(makeStandInExecutable);

interface Certificate {
  readonly key: string;
  readonly certificate: string;
}

/** One that is made for this run and that nobody trusts but who is told to. */
async function makeCertificate(folder: string): Promise<Certificate> {
  const [key, certificate] = [`${folder}/key.pem`, `${folder}/certificate.pem`];
  await runChecked([
    ...[
      "openssl",
      "req",
      "-x509",
      "-newkey",
      "rsa:3072",
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=Windlass tests",
    ],
    ...["-addext", "extendedKeyUsage=codeSigning", "-addext", "keyUsage=digitalSignature"],
    ...["-keyout", key, "-out", certificate],
  ]);
  return { key, certificate };
}

async function sign(input: string, output: string, { key, certificate }: Certificate): Promise<void> {
  const options = ["-h", "sha256", "-n", "Windlass", "-in", input, "-out", output];
  await runChecked(["osslsigncode", "sign", "-certs", certificate, "-key", key, ...options]);
}

/** Whether the signature is one of that certificate over these bytes. */
async function isSound(path: string, { certificate }: Certificate): Promise<boolean> {
  const { code, stdout } = await runCommand(["osslsigncode", "verify", "-CAfile", certificate, "-in", path]);
  return code === 0 && /^Signature verification: ok$/m.test(stdout);
}

async function signedCopy(
  executable: WindowsExecutable,
): Promise<{ path: string; certificate: Certificate }> {
  const certificate = await makeCertificate(executable.folder);
  const path = `${executable.folder}/signed.exe`;
  await Deno.remove(path).catch(() => {});
  await sign(executable.path, path, certificate);
  return { path, certificate };
}

Deno.test("windlass.exe stays sound and starts when it is signed", async () => {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  const { path, certificate } = await signedCopy(executable);
  assert.equal(await isSound(path, certificate), true);
  assert.equal(await isSound(executable.path, certificate), false);
  assert.deepEqual(await verifyExecutable(path), []);
  const home = executable.newHome();
  const { code, stderr } = await executable.run(wine, home, ["exit", "5"], path);
  assert.deepEqual([code, stderr], [5, ""]);
  assert.deepEqual(await componentFiles(home), await expectedFiles(executable));
});

Deno.test("windlass.exe that is signed twice is signed once, and starts", async () => {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  const { path, certificate } = await signedCopy(executable);
  const again = `${executable.folder}/signed-again.exe`;
  await sign(path, again, certificate);
  assert.equal(await isSound(again, certificate), true);
  assert.deepEqual(await verifyExecutable(again), []);
  assert.equal((await executable.run(wine, executable.newHome(), ["exit", "5"], again)).code, 5);
});

Deno.test("osslsigncode and verifyExecutable() find a changed byte in every part of a signed executable", async () => {
  const executable = await standIn();
  const { path, certificate } = await signedCopy(executable);
  using opened = await openExecutable(path);
  const places = opened.components.map(({ name, offset, storedLength }) =>
    [name, offset + (storedLength >> 1)] as const
  );
  const end = opened.components.at(-1)!.offset + opened.components.at(-1)!.storedLength;
  for (const [part, place] of [...places, ["index", end + 100] as const]) {
    await flipByte(path, place);
    assert.equal(await isSound(path, certificate), false, part);
    assert.deepEqual((await verifyExecutable(path)).map((problem) => problem.part), [part]);
    await flipByte(path, place);
  }
  assert.equal(await isSound(path, certificate), true);
});

Deno.test("windlass.exe does not start when something was appended to its signature", async () => {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  const { path, certificate } = await signedCopy(executable);
  await Deno.writeFile(path, new Uint8Array(4_096), { append: true });
  assert.equal(await isSound(path, certificate), false);
  const { code, stderr } = await executable.run(wine, executable.newHome(), [], path);
  assert.deepEqual([code, stderr], [
    3,
    `windlass: Cannot start '${wine.toWindows(path)}': its headers are damaged\n` +
    "  WL_EXECUTABLE_CORRUPT: Download or build Windlass again and replace the executable.\n",
  ]);
});
