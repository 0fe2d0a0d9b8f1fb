import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeWslText, findPrintedError, parseList, parseNames, parseVersion } from "./wsl_output.ts";

function utf16(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < text.length; index++) view.setUint16(index * 2, text.charCodeAt(index), true);
  return bytes;
}

const utf8 = (text: string) => new TextEncoder().encode(text);

const LIST = "  NAME                STATE           VERSION\r\n" +
  "* Ubuntu-24.04        Running         2\r\n" +
  "  windlass            Stopped         2\r\n" +
  "  windlass-data       Installing      2\r\n" +
  "  old                 Stopped         1\r\n";

const LISTED = [
  { name: "Ubuntu-24.04", state: "running", version: 2, isDefault: true, directory: null },
  { name: "windlass", state: "stopped", version: 2, isDefault: false, directory: null },
  { name: "windlass-data", state: "busy", version: 2, isDefault: false, directory: null },
  { name: "old", state: "stopped", version: 1, isDefault: false, directory: null },
];

Deno.test("decodeWslText() reads UTF-8 and UTF-16LE alike", () => {
  assert.equal(decodeWslText(utf8(LIST)), LIST);
  assert.equal(decodeWslText(utf16(LIST)), LIST);
  assert.equal(decodeWslText(new Uint8Array(0)), "");
});

Deno.test("decodeWslText() reads UTF-16LE of any ASCII text, and UTF-8 of any text without zeros", () => {
  const ascii = fc.string({
    unit: fc.integer({ min: 9, max: 126 }).map((code) => String.fromCharCode(code)),
  });
  fc.assert(fc.property(ascii, (text) => assert.equal(decodeWslText(utf16(text)), text)));
  const any = fc.string({ unit: "grapheme" }).filter((text) =>
    !text.includes("\0") && !text.startsWith("\ufeff")
  );
  fc.assert(fc.property(any, (text) => assert.equal(decodeWslText(utf8(text)), text)));
});

Deno.test("decodeWslText() reads UTF-16LE with a translated message before the code line", () => {
  const text = "Es gibt keine Distribution mit dem angegebenen Namen.\r\n" +
    "これは日本語のメッセージです。\r\nFehlercode: Wsl/Service/WSL_E_DISTRO_NOT_FOUND\r\n";
  assert.equal(decodeWslText(utf16(text)), text);
});

Deno.test("decodeWslText() reads UTF-16LE of few ASCII characters, and of an odd number of bytes", () => {
  const message = "仮想化が有効になっていません。".repeat(40);
  const text = `${message}\r\nエラー コード: Wsl/Service/E_FAIL\r\n`;
  assert.equal(decodeWslText(utf16(text)), text);
  const cut = utf16(text).subarray(0, -3);
  assert.equal(decodeWslText(cut), `${text.slice(0, -2)}\ufffd`);
});

Deno.test("decodeWslText() reads what a program printed and the error that wsl adds in UTF-16LE", () => {
  const error = "Fehler.\r\nFehlercode: Wsl/Service/WSL_E_DISTRO_NOT_FOUND\r\n";
  const printable = fc.string({ unit: "grapheme" }).filter((text) => !/[\0\r]/.test(text));
  fc.assert(fc.property(printable, (printed) => {
    const before = utf8(printed);
    const bytes = new Uint8Array([...before, ...utf16(error)]);
    assert.equal(findPrintedError(decodeWslText(bytes))?.code, "WSL_E_DISTRO_NOT_FOUND");
    if (before.length % 2 === 1) assert.ok(decodeWslText(bytes).endsWith(error));
  }));
});

Deno.test("parseList() reads every state, and a table of LF lines as well", () => {
  assert.deepEqual(parseList(LIST), LISTED);
  assert.deepEqual(parseList(LIST.replaceAll("\r", "")), LISTED);
});

Deno.test("parseList() is empty for a header alone and for nothing", () => {
  assert.deepEqual(parseList("  NAME    STATE           VERSION\r\n"), []);
  assert.deepEqual(parseList(""), []);
});

Deno.test("parseList() leaves out lines of another shape and takes unknown states for busy", () => {
  const text = "  NAME    STATE    VERSION\r\n  a    Dreaming    2\r\nwsl: a warning\r\n  b\r\n";
  assert.deepEqual(parseList(text), [{
    name: "a",
    state: "busy",
    version: 2,
    isDefault: false,
    directory: null,
  }]);
});

for (
  const [text, path, code] of [
    [
      "Error code: Wsl/Service/WSL_E_DISTRO_NOT_FOUND\r\n",
      "Wsl/Service/WSL_E_DISTRO_NOT_FOUND",
      "WSL_E_DISTRO_NOT_FOUND",
    ],
    ["Fehlercode:  Wsl/0x80040302\r\n", "Wsl/0x80040302", "WSL_E_DISTRO_NOT_FOUND"],
    [
      "x: Wsl/Service/RegisterDistro/0x8004030B",
      "Wsl/Service/RegisterDistro/0x8004030B",
      "WSL_E_IMPORT_FAILED",
    ],
    ["x: Wsl/Service/CreateInstance/0xdeadbeef\n", "Wsl/Service/CreateInstance/0xdeadbeef", "0xdeadbeef"],
    ["エラー コード: Wsl/E_UNEXPECTED\r\n\r\n", "Wsl/E_UNEXPECTED", "E_UNEXPECTED"],
    [
      "a: Wsl/E_INVALIDARG\nb: Wsl/Service/ERROR_DISK_FULL\n",
      "Wsl/Service/ERROR_DISK_FULL",
      "ERROR_DISK_FULL",
    ],
  ] as const
) {
  Deno.test(`findPrintedError() finds ${code} in '${text.trim()}'`, () => {
    assert.deepEqual(findPrintedError(text), { path, code });
  });
}

for (
  const text of [
    "",
    "There is no distribution.\r\n",
    "see Wsl/docs for more\r\n",
    "https://aka.ms/Wsl/ERROR_x1 and so on",
  ]
) {
  Deno.test(`findPrintedError() finds nothing in '${text.trim()}'`, () => {
    assert.equal(findPrintedError(text), null);
  });
}

Deno.test("parseVersion() reads the first two lines whatever their labels are", () => {
  const text = "WSL-Version: 2.9.4.0\r\nKernelversion: 6.18.35.2-1\r\nWSLg-Version: 1.0.73\r\n";
  assert.deepEqual(parseVersion(text), { wsl: "2.9.4.0", kernel: "6.18.35.2-1" });
});

Deno.test("parseVersion() is null for the usage of a wsl that does not know the flag", () => {
  assert.equal(
    parseVersion("Copyright (c) Microsoft Corporation.\r\r\nUsage: wsl.exe [Argument]\r\r\n"),
    null,
  );
});

Deno.test("parseNames() reads one name a line, whatever ends it", () => {
  assert.deepEqual(parseNames("Ubuntu-24.04\r\nwindlass\r\r\nold\n"), ["Ubuntu-24.04", "windlass", "old"]);
  assert.deepEqual(parseNames(""), []);
  assert.deepEqual(parseNames("\r\n"), []);
});
