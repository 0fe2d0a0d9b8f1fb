import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { statusPage } from "./status_page.ts";

Deno.test("statusPage() contains no address of another server", async () => {
  const text = await statusPage().text();
  const addresses = [...text.matchAll(/\b(?:src|href|url|import)\s*[=(]?\s*["'(]([^"')]+)/g)].map((match) =>
    match[1]
  );
  assert.ok(addresses.every((address) => address?.startsWith("data:")), addresses.join(", "));
  assert.doesNotMatch(text.replaceAll("http://www.w3.org/2000/svg", ""), /https?:\/\//);
});

Deno.test("statusPage() allows only the script and the style that it contains", async () => {
  const response = statusPage();
  const policy = response.headers.get("content-security-policy") ?? "";
  const text = await response.text();
  for (const name of ["script", "style"]) {
    const [, inside = ""] = new RegExp(`<${name}[^>]*>([^]*?)</${name}>`).exec(text) ?? [];
    assert.ok(inside.length > 100);
    const hash = createHash("sha256").update(inside).digest("base64");
    assert.ok(policy.includes(`${name}-src 'sha256-${hash}'`), policy);
  }
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  assert.doesNotMatch(text, / on\w+="| style="/);
});

Deno.test("statusPage() works with a screen reader: language, title, names, and announced changes", async () => {
  const text = await statusPage().text();
  for (
    const part of [
      '<html lang="en">',
      "<title>Windlass</title>",
      "<main>",
      "<h1>Windlass</h1>",
      'role="status"',
      'role="alert"',
    ]
  ) {
    assert.ok(text.includes(part), part);
  }
  for (const [, label] of text.matchAll(/aria-labelledby="([^"]+)"/g)) {
    assert.ok(text.includes(`id="${label}"`), `${label} is not an element`);
  }
  for (const [button] of text.matchAll(/<button[^>]*>[^<]*/g)) assert.match(button, /type="button".*>\w+$/);
});

Deno.test("statusPage() has every element that its script fills in", async () => {
  const text = await statusPage().text();
  for (const [, id] of text.matchAll(/(?:element|show)\("([^"]+)"/g)) {
    assert.ok(text.includes(`id="${id}"`), `${id} is not an element`);
  }
});
