import assert from "node:assert/strict";
import { strFromU8, unzipSync } from "fflate";
import { Redactor } from "../logging/redactor.ts";
import { collectDiagnostics, contentsOf } from "./diagnostics.ts";

Deno.test("collectDiagnostics() packs every source, without secrets, and says what is in the archive", async () => {
  const redactor = new Redactor();
  redactor.hide("0123abcd");
  const zip = await collectDiagnostics([
    { name: "status.json", about: "What runs", read: () => Promise.resolve('{"token":"0123abcd"}') },
    { name: "logs/windlass.jsonl", about: "The log", read: () => Promise.resolve("via http://u:pw@proxy\n") },
    {
      name: "wsl.txt",
      about: "What WSL says",
      read: () => Promise.reject(new Error("wsl did not end within 5 s")),
    },
  ], redactor);
  const contents = "status.json          What runs (22 bytes)\n" +
    "logs/windlass.jsonl  The log (28 bytes)\n" +
    "wsl.txt              What WSL says (45 bytes)\n";
  const read = Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, strFromU8(bytes)]);
  assert.deepEqual(read, [
    ["contents.txt", contents],
    ["status.json", '{"token":"(redacted)"}'],
    ["logs/windlass.jsonl", "via http://(redacted)@proxy\n"],
    ["wsl.txt", "Cannot read this: wsl did not end within 5 s\n"],
  ]);
  assert.equal(contentsOf(zip), contents);
});
