import assert from "node:assert/strict";
import fc from "fast-check";
import {
  arrayElements,
  fieldString,
  fieldValues,
  objectMembers,
  rootValue,
  type Span,
  stringValue,
} from "./json_spans.ts";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

function textAt(text: Uint8Array, span: Span): string {
  return DECODER.decode(text.subarray(span.start, span.end));
}

/** Reads a value by its spans alone. */
function readBySpans(text: Uint8Array, span: Span): unknown {
  const first = String.fromCharCode(text[span.start]!);
  if (first === "{") {
    const entries = objectMembers(text, span).map(({ key, value }) => [key, readBySpans(text, value)]);
    return Object.fromEntries(entries);
  }
  if (first === "[") return arrayElements(text, span).map((element) => readBySpans(text, element));
  return first === '"' ? stringValue(text, span) : JSON.parse(textAt(text, span));
}

Deno.test("objectMembers() and arrayElements() find what JSON.parse() finds", () => {
  fc.assert(fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom("", " ", "\n\t"), (json, space) => {
    const expected = JSON.parse(json);
    const text = ENCODER.encode(space + JSON.stringify(expected, null, space) + space);
    assert.deepEqual(readBySpans(text, rootValue(text)!), expected);
  }));
});

Deno.test("the span functions neither throw nor hang on bytes that are not JSON", () => {
  const pieces = fc.constantFrom("{", "}", "[", "]", '"', ":", ",", "\\", "1", "null", "x", " ", "é");
  fc.assert(fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
    const text = ENCODER.encode(parts.join(""));
    const root = rootValue(text);
    objectMembers(text, root);
    arrayElements(text, root);
    fieldValues(text, root, "x");
  }));
});

Deno.test("objectMembers() keeps duplicates in order", () => {
  const text = ENCODER.encode('{"a":1, "b" : [2,{"c":3}] ,"a":"x,}"}');
  const members = objectMembers(text, rootValue(text));
  assert.deepEqual(members.map(({ key, value }) => [key, textAt(text, value)]), [
    ["a", "1"],
    ["b", '[2,{"c":3}]'],
    ["a", '"x,}"'],
  ]);
});

Deno.test("objectMembers() finds none in a broken object", () => {
  for (
    const broken of [
      '{"a":1',
      '{"a" 1}',
      '{"a":1 "b":2}',
      '{"a":}',
      "{a:1}",
      '{"a":1,}',
      '{"\\x":1}',
      "[1]",
      "",
    ]
  ) {
    const text = ENCODER.encode(broken);
    assert.deepEqual(objectMembers(text, rootValue(text)), [], broken);
  }
});

Deno.test("fieldValues() matches keys as Go's decoder does", () => {
  for (const key of ["HostConfig", "hostconfig", "HOSTCONFIG", "ho\u017ftConfig", "Ho\\u0073tConfig"]) {
    const text = ENCODER.encode(`{"${key}":1}`);
    assert.equal(fieldValues(text, rootValue(text), "HostConfig").length, 1, key);
  }
  for (const key of ["Host_Config", "HostConfig ", "HostConfigs", ""]) {
    const text = ENCODER.encode(`{"${key}":1}`);
    assert.equal(fieldValues(text, rootValue(text), "HostConfig").length, 0, key);
  }
});

Deno.test("fieldString() honours the last string", () => {
  const text = ENCODER.encode('{"Type":"volume","type":"b\\u0069nd","TYPE":null}');
  assert.equal(fieldString(text, rootValue(text), "Type"), "bind");
});

Deno.test("objectMembers() reads nesting of any depth", () => {
  const depth = 100_000;
  const text = ENCODER.encode(`{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`);
  assert.equal(objectMembers(text, rootValue(text)).length, 1);
});
