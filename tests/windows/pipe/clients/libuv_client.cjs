// A client as dockerode is one: libuv opens the pipe in byte mode and knows no half-close.
const { writeSync } = require("node:fs");
const { connect } = require("node:net");

const REQUEST = "GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n";
const ANSWER_BYTES = REQUEST.length + 300_000;

let received = 0;
const socket = connect(process.argv[2], () => socket.write(REQUEST));
socket.on("data", (chunk) => {
  received += chunk.length;
  if (received === ANSWER_BYTES) socket.end();
});
socket.on("error", (error) => {
  writeSync(2, `${error.message}\n`);
  process.exitCode = 1;
});
// console.log would need a stdout that libuv can open.
socket.on("close", () => writeSync(1, `${received} bytes\n`));
