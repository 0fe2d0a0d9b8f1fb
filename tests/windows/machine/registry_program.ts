/**
 * Runs inside deno.exe: what the registry functions write is read by reg.exe, and what reg.exe writes is read by them.
 * Prints `ok` at the end; a failure ends it with another exit code than 0.
 */
import assert from "node:assert/strict";
import { isWindlassError } from "../../../src/errors/windlass_error.ts";
import {
  deleteRegistryKey,
  deleteRegistryValue,
  hasRegistryKey,
  listRegistryValues,
  listSubkeys,
  readRegistryNumber,
  readRegistryText,
  readRegistryValue,
  readStoredText,
  type RegistryKey,
  writeRegistryDword,
  writeRegistryText,
} from "../../../src/platform/windows/registry/registry.ts";

const ROOT: RegistryKey = { hive: "HKCU", path: "Software\\Windlass registry test" };
const WRITTEN: RegistryKey = { hive: "HKCU", path: `${ROOT.path}\\Größe 大きさ` };
const IMPORTED: RegistryKey = { hive: "HKCU", path: `${ROOT.path}\\imported` };
const LONG_TEXT = "C:\\".padEnd(3_000, "ä");

function reg(...args: readonly string[]): void {
  const { success, stderr } = new Deno.Command("C:\\windows\\system32\\reg.exe", { args: [...args] })
    .outputSync();
  assert.ok(success, `reg ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

/** What reg.exe exports: UTF-16LE with a byte order mark, long values over several lines. */
function exported(key: RegistryKey): string {
  const file = Deno.makeTempFileSync({ suffix: ".reg" });
  reg("export", `${key.hive}\\${key.path}`, file, "/y");
  const text = new TextDecoder("utf-16le").decode(Deno.readFileSync(file));
  Deno.removeSync(file);
  return text.replaceAll("\\\r\n  ", "");
}

function importText(text: string): void {
  const file = Deno.makeTempFileSync({ suffix: ".reg" });
  const wide = new Uint8Array([
    0xff,
    0xfe,
    ...[...text].flatMap((character) => {
      const code = character.charCodeAt(0);
      return [code & 0xff, code >> 8];
    }),
  ]);
  Deno.writeFileSync(file, wide);
  reg("import", file);
  Deno.removeSync(file);
}

/** A text as the hexadecimal bytes of a .reg file. */
function wideHex(text: string): string {
  return [...text].flatMap((character) => {
    const code = character.charCodeAt(0);
    return [code & 0xff, code >> 8];
  }).map((byte) => byte.toString(16).padStart(2, "0")).join(",");
}

function writesWhatRegReads(): void {
  writeRegistryDword(WRITTEN, "OOBEComplete", 1);
  writeRegistryDword(WRITTEN, "all bits", 0xffff_ffff);
  writeRegistryText(WRITTEN, "größer 名前", "C:\\Users\\Zoë");
  writeRegistryText(WRITTEN, "", "the default value");
  writeRegistryText(WRITTEN, "expanded later", "%SystemRoot%\\x", { expand: true });
  const text = exported(WRITTEN);
  for (
    const line of [
      `[HKEY_CURRENT_USER\\${WRITTEN.path}]`,
      `"OOBEComplete"=dword:00000001`,
      `"all bits"=dword:ffffffff`,
      `"größer 名前"="C:\\\\Users\\\\Zoë"`,
      `@="the default value"`,
      `"expanded later"=hex(2):${wideHex("%SystemRoot%\\x\0")}`,
    ]
  ) assert.ok(text.split("\r\n").includes(line), `no line ${line} in ${text}`);
}

function readsWhatRegWrites(): void {
  const lines = [
    "Windows Registry Editor Version 5.00",
    "",
    `[HKEY_CURRENT_USER\\${IMPORTED.path}]`,
    `"名前"="größer"`,
    `"number"=dword:80000001`,
    `"long"="${LONG_TEXT.replaceAll("\\", "\\\\")}"`,
    `"expanded"=hex(2):${wideHex("%SystemRoot%\\x\0")}`,
    `"several"=hex(7):${wideHex("one\0zwölf\0\0")}`,
    `"unfinished"=hex(1):${wideHex("no zero")}`,
    `"bytes"=hex:01,02,ff`,
    `"wide number"=hex(b):01,00,00,00,00,00,00,80`,
    `"empty"=""`,
    "",
    `[HKEY_CURRENT_USER\\${IMPORTED.path}\\{名前}]`,
    `[HKEY_CURRENT_USER\\${IMPORTED.path}\\second]`,
    "",
  ];
  importText(lines.join("\r\n"));
  const read = (name: string) => readRegistryValue(IMPORTED, name);
  assert.equal(read("名前"), "größer");
  assert.equal(read("number"), 0x8000_0001);
  assert.equal(read("long"), LONG_TEXT);
  assert.equal(read("expanded"), `${Deno.env.get("SystemRoot")}\\x`);
  assert.deepEqual(readStoredText(IMPORTED, "expanded"), { text: "%SystemRoot%\\x", expand: true });
  assert.deepEqual(readStoredText(IMPORTED, "名前"), { text: "größer", expand: false });
  assert.deepEqual([readStoredText(IMPORTED, "number"), readStoredText(IMPORTED, "not there")], [null, null]);
  assert.deepEqual(read("several"), ["one", "zwölf"]);
  assert.equal(read("unfinished"), "no zero");
  assert.deepEqual(read("bytes"), new Uint8Array([1, 2, 0xff]));
  assert.equal(read("wide number"), 0x8000_0000_0000_0001n);
  assert.equal(read("empty"), "");
  assert.equal(readRegistryNumber(IMPORTED, "名前"), null);
  assert.equal(readRegistryText(IMPORTED, "number"), null);
  assert.deepEqual([...listSubkeys(IMPORTED)].sort(), ["second", "{名前}"]);
  assert.equal(listRegistryValues(IMPORTED).length, 9);
}

function knowsWhatIsAbsent(): void {
  const absent: RegistryKey = { hive: "HKLM", path: "Software\\Windlass\\not there" };
  assert.equal(readRegistryValue(absent, "x"), null);
  assert.equal(readRegistryValue(WRITTEN, "not there"), null);
  assert.deepEqual(listSubkeys(absent), []);
  assert.deepEqual(listRegistryValues(absent), []);
  assert.deepEqual([hasRegistryKey(absent), hasRegistryKey(WRITTEN)], [false, true]);
  deleteRegistryValue(absent, "x");
  deleteRegistryValue(WRITTEN, "not there");
  deleteRegistryKey(absent);
}

/** HKLM has two views, and ours is that of 64-bit programs. */
function readsTheView(): void {
  const build = { hive: "HKLM", path: "Software\\Microsoft\\Windows NT\\CurrentVersion" } as const;
  assert.match(readRegistryText(build, "CurrentBuildNumber") ?? "", /^\d+$/);
}

function deletes(): void {
  assert.throws(
    () => deleteRegistryKey(ROOT),
    (error) =>
      isWindlassError(error, "WL_REGISTRY_FAILED") &&
      error.message === `Cannot delete a registry key: Windows refuses 'HKCU\\${ROOT.path}' with error 5`,
  );
  deleteRegistryValue(WRITTEN, "OOBEComplete");
  assert.equal(readRegistryValue(WRITTEN, "OOBEComplete"), null);
  assert.ok(!exported(WRITTEN).includes("OOBEComplete"));
  for (const name of listSubkeys(IMPORTED)) {
    deleteRegistryKey({ hive: "HKCU", path: `${IMPORTED.path}\\${name}` });
  }
  for (const key of [IMPORTED, WRITTEN, ROOT]) deleteRegistryKey(key);
  assert.equal(hasRegistryKey(ROOT), false);
}

writesWhatRegReads();
readsWhatRegWrites();
knowsWhatIsAbsent();
readsTheView();
deletes();
console.log("ok");
