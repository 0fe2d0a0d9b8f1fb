import assert from "node:assert/strict";
import { formatC } from "./check_c_style.ts";

const STYLE = await Deno.readTextFile(new URL("../.clang-format", import.meta.url));

Deno.test("formatC() indents by two spaces and attaches braces and stars", () => {
  const text = 'static char* text(void)\n{\n\tif (gone)\n\t\treturn 0;\n\treturn "x";\n}\n';
  const expected = 'static char *text(void) {\n  if (gone) return 0;\n  return "x";\n}\n';
  assert.equal(formatC(text, STYLE), expected);
  assert.equal(formatC(expected, STYLE), expected);
});

Deno.test("formatC() keeps the order of includes, which the headers of Windows need", () => {
  const text = "#include <windows.h>\n\n#include <aclapi.h>\n";
  assert.equal(formatC(text, STYLE), text);
});
