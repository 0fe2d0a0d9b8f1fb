import assert from "node:assert/strict";
import { join } from "node:path";
import { assembleExecutable } from "../../../scripts/build/assemble_executable.ts";
import { openExecutable } from "../../../src/payload/executable.ts";
import { blobPath } from "../../../src/update/release/release_document.ts";
import { isSigned } from "../../../scripts/release/code_signing.ts";
import { publicKeyContent, readPublicKey, readSigner } from "../../../scripts/release/signing_key.ts";
import { compiledLauncher } from "../../support/compile_once.ts";
import { runChecked, runCommand } from "../../support/run_command.ts";
import { failureOf, openReleaseLab, type ReleaseLab } from "./release_lab.ts";

/** windlass.exe with its real launcher and a text in place of the program. */
async function makeWindowsExecutable(lab: ReleaseLab): Promise<string> {
  const parts = join(lab.path, "parts");
  const output = join(lab.path, "windlass.exe");
  await Deno.mkdir(parts);
  await Deno.writeTextFile(join(parts, "app"), "the program\n");
  await assembleExecutable({
    launcher: await compiledLauncher("windows"),
    components: [{ name: "app", path: join(parts, "app"), unpack: true, executable: false }],
    compression: "quick",
    cacheDirectory: parts,
    output,
  });
  return output;
}

Deno.test("release publish signs windlass.exe before it is hashed, and leaves the build as it was", async () => {
  await using lab = await openReleaseLab();
  const path = await makeWindowsExecutable(lab);
  const before = await Deno.readFile(path);
  const [key, certificate] = [join(lab.path, "code.key"), join(lab.path, "code.pem")];
  const use = ["-addext", "extendedKeyUsage=codeSigning", "-addext", "keyUsage=digitalSignature"];
  const request = ["-newkey", "rsa:3072", "-nodes", "-days", "2", "-subj", "/CN=Windlass tests", ...use];
  await runChecked(["openssl", "req", "-x509", ...request, "-keyout", key, "-out", certificate]);

  const executables = { "windows-x64": path };
  const codeSigning = { kind: "osslsigncode", certificate, key } as const;
  const [document] = await lab.publish("1.0.0", { executables, codeSigning });
  const published = join(lab.channel, blobPath(document?.executable.sha256 ?? ""));
  const { code, stdout } = await runCommand([
    "osslsigncode",
    "verify",
    "-CAfile",
    certificate,
    "-in",
    published,
  ]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^Signature verification: ok$/m);
  using executable = await openExecutable(published);
  assert.deepEqual(document?.components.map(({ name, id }) => [name, id]), [
    ["app", executable.component("app").id],
  ]);
  assert.deepEqual([await lab.problems(), await Deno.readFile(path), await isSigned(path)], [
    [],
    before,
    false,
  ]);

  // A signature is another one each time, the release is not.
  const [again] = await lab.publish("1.0.0", { executables, codeSigning });
  assert.deepEqual(again, document);
});

Deno.test("release publish publishes nothing when the code cannot be signed", async () => {
  await using lab = await openReleaseLab();
  const executables = { "windows-x64": await makeWindowsExecutable(lab) };
  const program = join(lab.path, "signer.sh");
  const tries: [string, readonly string[], RegExp][] = [
    [
      "echo 'no such token' >&2; exit 3",
      [program],
      /Cannot sign '.*': '.*signer\.sh' ended with 3\nno such token$/,
    ],
    ["exit 0", [program], /Cannot sign '.*': the program has left the file without a signature$/],
    ['printf x >> "$1"', [program], /Cannot sign '.*': the program has left the file without a signature$/],
    ["exit 0", ["no-such-signer"], /Cannot sign '.*': 'no-such-signer' is not installed$/],
  ];
  for (const [script, command, message] of tries) {
    await Deno.writeTextFile(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const failure = await failureOf(
      lab.publish("1.0.0", { executables, codeSigning: { kind: "command", command } }),
    );
    assert.match(failure, new RegExp(`^WL_RELEASE_CODE_SIGNING_FAILED: ${message.source}`));
    const files = await Array.fromAsync(Deno.readDir(join(lab.channel, "metadata")), ({ name }) => name);
    assert.deepEqual(files, ["1.root.json"]);
  }
});

Deno.test("A key is refused that others can read, that is not a key, or whose agent does not sign with it", async () => {
  await using lab = await openReleaseLab();
  const file = async (name: string, text: string, mode = 0o600) => {
    const path = join(lab.path, name);
    await Deno.writeTextFile(path, text, { mode });
    return path;
  };
  const pem = await Deno.readTextFile(lab.keyFile("r1"));
  const readable = await file("readable.pem", pem, 0o640);
  const rsa = join(lab.path, "rsa.pem");
  await runChecked(["openssl", "genrsa", "-out", rsa, "2048"]);
  await Deno.chmod(rsa, 0o600);
  const wrong: [string, string][] = [
    [readable, "other users may read it; only its owner should"],
    [rsa, "it is not an ed25519 key"],
    [await file("cut.pem", pem.slice(0, 60)), "it is not a private key without a passphrase"],
    [await file("text", "key"), "it is neither a private key in PEM nor the description of an agent"],
    [join(lab.path, "none.pem"), "No such file or directory (os error 2)"],
  ];
  for (const [path, state] of wrong) {
    assert.equal(
      await failureOf(readSigner(path)),
      `WL_RELEASE_KEY_UNUSABLE: Cannot sign with '${path}': ${state}`,
    );
  }
  const agentOf = async (...command: string[]) => {
    const description = { public: lab.keys.r1?.publicHex, command };
    return await readSigner(await file("agent.json", JSON.stringify(description)));
  };
  const id = lab.keys.r1?.keyId.slice(0, 12);
  const agents: [string[], string][] = [
    [["false"], "Cannot sign with 'false': the agent ended with 1"],
    [["cat"], `Cannot sign with 'cat': what the agent printed is not a signature of key ${id}`],
    [
      ["echo", "ab".repeat(64)],
      `Cannot sign with 'echo ${"ab".repeat(64)}': what the agent printed is not a signature of key ${id}`,
    ],
    [
      ["/no/agent"],
      "Cannot sign with '/no/agent': the agent cannot be run: Failed to spawn '/no/agent': No such file or directory (os error 2)",
    ],
  ];
  for (const [command, message] of agents) {
    const signer = await agentOf(...command);
    assert.equal(await failureOf(signer.sign(new Uint8Array(8))), `WL_RELEASE_KEY_UNUSABLE: ${message}`);
  }
  assert.equal((await readPublicKey(lab.publicFile("r1"))).keyId, lab.keys.r1?.keyId);
  const publicFile = await file(
    "wrong.pub",
    JSON.stringify({ ...publicKeyContent("00".repeat(32)), more: 1 }),
  );
  assert.equal(
    await failureOf(readPublicKey(publicFile)),
    `WL_RELEASE_KEY_UNUSABLE: Cannot sign with '${publicFile}': it does not hold the public half of an ed25519 key`,
  );
});
