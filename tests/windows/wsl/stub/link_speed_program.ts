/**
 * A program for deno.exe: measures the link through `wsl.exe` to a `cat` in a distro and prints JSON:
 * `rttMicroseconds` (median of one byte there and back), `echoMegabytesPerSecond` (both ways at once).
 * Arguments: the path of wsl.exe, the distro, round trips, megabytes.
 */
const [wsl = "", distro = "", trips = "", megabytes = ""] = Deno.args;

const child = new Deno.Command(wsl, {
  args: ["-d", distro, "--cd", "/", "--exec", "/bin/cat"],
  env: { WSL_UTF8: "1" },
  stdin: "piped",
  stdout: "piped",
  stderr: "null",
}).spawn();
const writer = child.stdin.getWriter();
const reader = child.stdout.getReader();

const times: number[] = [];
for (let trip = 0; trip < Number(trips); trip++) {
  const started = performance.now();
  await writer.write(new Uint8Array(1));
  await reader.read();
  times.push((performance.now() - started) * 1000);
}
times.sort((a, b) => a - b);

const chunk = new Uint8Array(256 * 1024);
const total = Number(megabytes) * 1_000_000;
const started = performance.now();
const writing = (async () => {
  for (let sent = 0; sent < total; sent += chunk.length) await writer.write(chunk);
  await writer.close();
})();
let received = 0;
for (let part = await reader.read(); !part.done; part = await reader.read()) received += part.value.length;
await writing;
const seconds = (performance.now() - started) / 1000;
const { code } = await child.status;
console.log(JSON.stringify({
  code,
  received,
  rttMicroseconds: Math.round(times[Math.floor(times.length / 2)]!),
  echoMegabytesPerSecond: Math.round(received / 1_000_000 / seconds),
}));
