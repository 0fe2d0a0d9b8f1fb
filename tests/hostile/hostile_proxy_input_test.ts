/** The parsers of the network proxy, of its settings and of certificates, with what parsers are bad at. */
import { isLoopback } from "../../src/platform/addresses.ts";
import { ByteInput } from "../../src/proxy/http/byte_input.ts";
import { ChunkEnd } from "../../src/proxy/http/chunk_end.ts";
import { readAnswerHead, readRequestHead } from "../../src/proxy/http/message_head.ts";
import { readWish } from "../../src/proxy/http/request_target.ts";
import { wordsOfPage } from "../../src/proxy/upstream/proxy_words.ts";
import { parseNoProxyList } from "../../src/proxy/ways/no_proxy.ts";
import { parseProxySetting, withHiddenPassword } from "../../src/proxy/ways/proxy_setting.ts";
import { parsePem } from "../../src/certificates/pem.ts";
import { parseNoProxyWords } from "../../src/settings/network_values.ts";
import { bytesOf, CHARACTERS, streamOf, testLinearTime } from "../support/linear_time.ts";

testLinearTime({
  "readRequestHead()": (text) =>
    readRequestHead(bytesOf(`GET http://a/ HTTP/1.1\r\nA: ${text.replaceAll(/[\r\n]/g, " ")}\r\n\r\n`)),
  "readRequestHead() of anything": (text) =>
    readRequestHead(bytesOf(`GET http://a/ HTTP/1.1\r\n${text}\r\n\r\n`)),
  "readAnswerHead()": (text) => readAnswerHead(bytesOf(`HTTP/1.1 200 OK\r\nA: ${text}\r\n\r\n`)),
  "readWish()": (text) => readWish({ method: "GET", target: `http://${text}/`, minor: 1, fields: [] }),
  "readWish() of a tunnel": (text) =>
    readWish({ method: "CONNECT", target: `${text}:80`, minor: 1, fields: [] }),
  "ByteInput.head()": (text) => new ByteInput(streamOf(text)).head(2 * CHARACTERS),
  "ChunkEnd.scan()": (text) => new ChunkEnd().scan(bytesOf(`1;${text}\r\n`)),
  "wordsOfPage()": wordsOfPage,
  "isLoopback()": isLoopback,
  "parseNoProxyList()": parseNoProxyList,
  "parseNoProxyWords()": (text) => parseNoProxyWords([text]),
  "parseProxySetting()": (text) => [text, `http://${text}@a:1`, `pac:${text}`].map(parseProxySetting),
  "withHiddenPassword()": (text) => [text, `http://${text}`].map(withHiddenPassword),
  "parsePem()": parsePem,
});
