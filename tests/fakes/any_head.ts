import fc from "fast-check";

const space = fc.constantFrom("", " ", "  ", "\t", "\v", "\r", "\u00a0", "\ufeff");
const name = fc.constantFrom(
  ...["Content-Length", "content-length", "Transfer-Encoding", "TRANSFER-ENCODING", "Connection"],
  ...["connection", "Content-Encoding", "Expect", "Upgrade", "UPGRADE", "TE", "Cookie", "Ex", "X-Upgrade"],
  ...[" folded", "\tfolded", ""],
);
const value = fc.constantFrom(
  ...["5", "005", "6", "-1", "5, 5", "123456789012345", "1234567890123456", "", "chunked", "Chunked"],
  ...[
    "gzip, chunked",
    "chun\u212aed",
    "close",
    "keep-alive, CLOSE",
    "disclose",
    "close,",
    "identity",
    "gzip",
  ],
);
const header = fc.oneof(
  fc.tuple(name, fc.constantFrom(":", ": ", " :"), value, space).map((parts) => parts.join("")),
  fc.string({ unit: "binary-ascii" }).map((text) => text.replaceAll("\n", "")),
);
const requestLine = fc.oneof(
  fc.tuple(
    fc.constantFrom("GET", "POST", "HEAD", "M-SEARCH", "G(T", "", "get"),
    fc.constantFrom(" ", "  ", "\t", ""),
    fc.oneof(
      fc.constantFrom("/", "/a?b=c", "*", "/\u00e9", "\ufeff/", "/a\u00a0b", "/\ufeff", "/\u2028", "/\0"),
      fc.string(),
    ),
    fc.constantFrom(" HTTP/1.1", " HTTP/1.0", " HTTP/1.9", " HTTP/2.0", "HTTP/1.1", " HTTP/1.10", ""),
  ).map((parts) => parts.join("").replaceAll("\n", "")),
  fc.constantFrom(
    "HTTP/1.1 200 OK",
    "HTTP/1.0 404",
    "HTTP/1.1 20",
    "HTTP/1.2 200 OK",
    "HTTP/1.1 2000",
    "XTTP/1.1 200",
  ),
);
const lineEnd = fc.constantFrom("\n", "\r\n", "\r\n", "\r\r\n");
/** Heads as clients send them, and as nobody should. */
export const anyHead: fc.Arbitrary<string> = fc.tuple(
  requestLine,
  fc.array(fc.tuple(lineEnd, header), { maxLength: 5 }),
  lineEnd,
  lineEnd,
)
  .map(([line, headers, end, last]) => line + headers.flat().join("") + end + last);
