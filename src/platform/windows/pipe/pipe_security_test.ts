import { strictEqual, throws } from "node:assert/strict";
import { pipeSecurityDescriptor } from "./pipe_security.ts";

Deno.test("pipeSecurityDescriptor() lets in SYSTEM, the administrators and the user, and nobody else", () => {
  strictEqual(
    pipeSecurityDescriptor("S-1-5-21-1-2-3-1001"),
    "D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GA;;;S-1-5-21-1-2-3-1001)",
  );
});

Deno.test("pipeSecurityDescriptor() takes nothing that could add rights of its own", () => {
  for (const text of ["", "WD", "S-1-5-21-1)(A;;GA;;;WD", "S-1-5"]) {
    throws(() => pipeSecurityDescriptor(text), {
      code: "WL_INTERNAL",
      message: `Cannot protect the pipe: '${text}' is not the SID of a user`,
    });
  }
});
