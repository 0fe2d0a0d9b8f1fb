import { join } from "node:path";
import { encodePng } from "../../../scripts/build/png.ts";
import { REPOSITORY } from "../../support/repository.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";

/** Brightness of a pixel from which it belongs to a letter: a console writes light on black. */
const BRIGHT = 128;

/** What a display shows at one moment. Row by row from the top left corner. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity of each pixel. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** A screen that nobody sees, for programs with windows. Disposing it ends it. */
export interface Display extends AsyncDisposable {
  /** The value of `DISPLAY`. */
  readonly name: string;
  picture(): Promise<Picture>;
}

/** Starts an X server on a free number. Programs in the Wine root reach it, since they share `/tmp`. */
export async function openDisplay(
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Display> {
  await using owned = new AsyncDisposableStack();
  const folder = owned.use(await openTemporaryFolder("windlass-display"));
  const server = new Deno.Command("Xvfb", {
    args: [
      ...["-displayfd", "1", "-screen", "0", `${width}x${height}x24`],
      ...["-nolisten", "tcp", "-fbdir", folder.path],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  owned.defer(async () => {
    server.kill();
    await server.status;
  });
  const reader = server.stdout.getReader();
  owned.defer(() => reader.cancel());
  // It prints its number once it listens.
  const { value } = await reader.read();
  const number = new TextDecoder().decode(value).trim();
  if (!/^\d+$/.test(number)) throw new Error("Cannot open a display: Xvfb did not start");
  const stack = owned.move();
  return {
    name: `:${number}`,
    picture: async () => decodeXwd(await Deno.readFile(join(folder.path, "Xvfb_screen0"))),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The picture in the dump of an X server's memory: 32 bits a pixel, blue first. Pure. */
function decodeXwd(dump: Uint8Array<ArrayBuffer>): Picture {
  const header = new DataView(dump.buffer);
  const field = (index: number) => header.getUint32(4 * index);
  const [headerBytes, width, height, rowBytes, colors] = [field(0), field(4), field(5), field(12), field(19)];
  const start = headerBytes + 12 * colors;
  const pixels = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = start + y * rowBytes + 4 * x;
      pixels.set([dump[at + 2]!, dump[at + 1]!, dump[at]!, 255], 4 * (y * width + x));
    }
  }
  return { width, height, pixels };
}

/**
 * How many lines of text a rectangle of a console shows: runs of rows that hold bright pixels. Pure.
 *
 * @param right The columns from here on are left out: a scroll bar is bright, too.
 */
export function textLines({ width, height, pixels }: Picture, right: number): number {
  let lines = 0;
  let inside = false;
  for (let y = 0; y < height; y++) {
    let bright = 0;
    for (let x = 0; x < right; x++) if (pixels[4 * (y * width + x)]! >= BRIGHT) bright++;
    if (bright > 0 && !inside) lines++;
    inside = bright > 0;
  }
  return lines;
}

/** How much of a rectangle of a console, left of the column `right`, is bright: a measure of its text. Pure. */
export function brightPixels({ width, height, pixels }: Picture, right: number): number {
  let bright = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < right; x++) if (pixels[4 * (y * width + x)]! >= BRIGHT) bright++;
  }
  return bright;
}

/** Keeps a picture for people to look at, in `dist/pictures`. */
export async function keepPicture(name: string, picture: Picture): Promise<void> {
  const folder = join(REPOSITORY, "dist", "pictures");
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeFile(join(folder, `${name}.png`), encodePng(picture, picture.pixels));
}
