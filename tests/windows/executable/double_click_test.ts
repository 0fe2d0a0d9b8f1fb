import assert from "node:assert/strict";
import { eventually, pause } from "../../support/eventually.ts";
import {
  brightPixels,
  type Display,
  keepPicture,
  openDisplay,
  type Picture,
  textLines,
} from "../support/display.ts";
import { START_MILLISECONDS, windowsExecutable } from "../support/windows_instance.ts";
import { openWindowsMachine } from "../support/windows_machine.ts";
import type { Wine } from "../support/wine.ts";
import { runtimesOf } from "../support/wine_prefix.ts";

/** Wine's console has 80 columns of 8 pixels, and a scroll bar to the right of them. */
const TEXT_WIDTH = 640;
/** What a mouse pointer and a cursor without text cover. */
const POINTER_LINES = 2;
/** More than a mouse pointer and a cursor have, less than a line of text. */
const TEXT_PIXELS = 300;
/** Milliseconds between two pictures: progress is redrawn several times in between. */
const PICTURE_MILLISECONDS = 200;
/** Homes that are unpacked, at most, until a picture is taken while it happens. */
const NOTICE_HOMES = 5;

/** Takes pictures until the window has opened and closed again. Calls `onText` once, as soon as one shows a line. */
async function watchWindow(
  display: Display,
  milliseconds: number,
  onText: (picture: Picture) => Promise<void>,
): Promise<Picture[]> {
  let hasText = false;
  const shown: Picture[] = [];
  const isOpen = (picture: Picture) => textLines(scrollBar(picture), picture.width) > 0;
  await eventually(async () => assert.ok(isOpen(await display.picture()), "no window"), milliseconds);
  for (const end = Date.now() + milliseconds; Date.now() < end;) {
    const picture = await display.picture();
    if (!isOpen(picture)) return shown;
    shown.push(picture);
    if (!hasText && brightPixels(picture, TEXT_WIDTH) > TEXT_PIXELS) {
      hasText = true;
      await onText(picture);
    }
    await pause(PICTURE_MILLISECONDS);
  }
  await keepPicture("double-click-stays", shown.at(-1)!);
  throw new Error("Cannot see the window close: it stays open");
}

/** The columns in which only the scroll bar of a console is bright. */
function scrollBar({ width, height, pixels }: Picture): Picture {
  const columns = 12;
  const part = new Uint8Array(4 * columns * height);
  for (let y = 0; y < height; y++) {
    const from = 4 * (y * width + TEXT_WIDTH + 6);
    part.set(pixels.subarray(from, from + 4 * columns), 4 * columns * y);
  }
  return { width: columns, height, pixels: part };
}

/** Whether a window shows text before the runtime has started, which ends the launcher's work. */
async function noticeIsSeen(
  display: Display,
  wine: Wine,
  environment: Record<string, string>,
): Promise<boolean> {
  const program = wine.toWindows(await windowsExecutable());
  const hasText = async () => brightPixels(await display.picture(), TEXT_WIDTH) > TEXT_PIXELS;
  await eventually(async () => assert.equal(await hasText(), false)); // of a window that closes
  const others = (await runtimesOf(wine)).length;
  await wine.run({ program: "cmd", args: ["/c", "start", program, "--version"], environment });
  let seen = false;
  await eventually(async () => {
    const isShown = await hasText();
    const hasStarted = (await runtimesOf(wine)).length > others;
    seen ||= isShown && !hasStarted;
    assert.ok(seen || hasStarted);
  });
  await eventually(async () => assert.equal((await runtimesOf(wine)).length, others));
  return seen;
}

Deno.test("a double click shows progress in one line of a console that closes at the end", async () => {
  await using display = await openDisplay({ width: 800, height: 500 });
  await using machine = await openWindowsMachine();
  const { wine } = machine;
  const program = wine.toWindows(await windowsExecutable());
  // The names of its distros are long: their progress would not fit the console without being cut.
  const environment = { DISPLAY: display.name, WINDLASS_HOME: "C:\\w2" };
  await wine.run({ program: "cmd", args: ["/c", "start", program], environment });

  let noticed = false;
  const pictures = await watchWindow(display, START_MILLISECONDS, async (picture) => {
    noticed = (await runtimesOf(wine)).length === 0;
    await keepPicture("double-click-unpacks", picture);
  });
  // If this process stood still just then, it has missed those seconds: each new home has its own.
  for (let home = 1; home <= NOTICE_HOMES && !noticed; home++) {
    noticed = await noticeIsSeen(display, wine, { ...environment, WINDLASS_HOME: `C:\\n${home}` });
  }
  assert.ok(noticed, "the window stays black while the launcher unpacks the runtime");
  const withText = pictures.filter((picture) => textLines(picture, TEXT_WIDTH) > 0);
  await keepPicture("double-click", withText[Math.floor(withText.length / 2)]!);
  assert.ok(withText.length > 3, `only ${withText.length} of ${pictures.length} pictures show text`);
  // A line that does not fit the console starts a new one at each redraw. Unpacking has a line of its own.
  const lines = pictures.map((picture) => textLines(picture, TEXT_WIDTH));
  assert.ok(Math.max(...lines) <= 4 + POINTER_LINES, `lines of text: ${lines.join(" ")}`);

  const status = await wine.run({
    program,
    args: ["status", "--json"],
    environment: { WINDLASS_HOME: "C:\\w2" },
  });
  assert.equal(JSON.parse(status.stdout).engine.state, "running");
});
