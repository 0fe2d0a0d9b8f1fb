import assert from "node:assert/strict";
import { parseRehearsalReport } from "./rehearsal_report.ts";

Deno.test("parseRehearsalReport() reads a report, and what later versions add to one", () => {
  const report = { programs: { dockerd: "29.0.1" }, problems: ["runc does not run: status 127"] };
  assert.deepEqual(parseRehearsalReport(`${JSON.stringify(report)}\n`), report);
  const later = { ...report, optionsProblem: "no x", more: 1 };
  assert.deepEqual(parseRehearsalReport(JSON.stringify(later)), later);
});

for (
  const text of [
    "",
    "null",
    "Segmentation fault",
    "{}",
    '{"programs":{},"problems":"none"}',
    '{"programs":{"dockerd":29},"problems":[]}',
    '{"programs":{},"problems":[1]}',
    '{"programs":{},"problems":[],"optionsProblem":{}}',
  ]
) {
  Deno.test(`parseRehearsalReport() takes '${text}' for no report`, () => {
    assert.equal(parseRehearsalReport(text), undefined);
  });
}
