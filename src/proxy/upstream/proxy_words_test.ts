import assert from "node:assert/strict";
import { statusText, withoutSecrets, wordsOfPage } from "./proxy_words.ts";

Deno.test("wordsOfPage() is the text of a page without its tags", () => {
  const page =
    "<!DOCTYPE html><html><head><style>p { color: red }</style><title>Blocked</title><script>x < 1</script></head>" +
    "<body><h1>Access\r\n denied</h1><p>Category: games\xff</p></body></html>";
  assert.equal(wordsOfPage(page), "Access denied Category: games");
  assert.equal(wordsOfPage("<head><title>Blocked</title></head><body></body>"), "Blocked");
  assert.equal(wordsOfPage("plain words"), "plain words");
  assert.equal(wordsOfPage("a".repeat(1_000)).length, 300);
  assert.equal(wordsOfPage("<".repeat(100_000)), "");
});

Deno.test("withoutSecrets() leaves out what the proxy was sent", () => {
  assert.equal(
    withoutSecrets("you sent Basic dXNlcg== and pass", ["dXNlcg==", undefined, "", "se"]),
    "you sent Basic *** and pass",
  );
});

Deno.test("statusText() is one short line", () => {
  assert.equal(statusText({ status: 403, reason: "For\x00bidden", fields: [] }, []), "403 For bidden");
  assert.equal(statusText({ status: 403, reason: "", fields: [] }, []), "403");
  const fields = [["X-Squid-Error", "ERR_ACCESS_DENIED 0"]] as const;
  assert.equal(statusText({ status: 403, reason: "No", fields }, []), "403 No, ERR_ACCESS_DENIED 0");
});

Deno.test("statusText() shows no part of a secret where it cuts", () => {
  const fields = [["X-Squid-Error", `${"b".repeat(56)}s3cret`]] as const;
  const answer = { status: 403, reason: `${"a".repeat(112)}s3cret`, fields };
  assert.equal(
    statusText(answer, ["s3cret"]),
    `403 ${"a".repeat(112)}***, ${"b".repeat(56)}***`,
  );
});
