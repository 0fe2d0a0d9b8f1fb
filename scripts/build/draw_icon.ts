/** The icon of windlass.exe: a drum between two posts that lifts a container. Drawn, so that every size is sharp. Pure. */
import { encodePng, joinBytes } from "./png.ts";

/** Sizes that Windows shows somewhere, in pixels; the last one is stored as PNG, as is usual for it. */
const SIZES = [16, 24, 32, 48, 64, 256];
const PNG_SIZE = 256;
/** Each pixel is the mean of so many by so many samples. */
const SAMPLES = 4;

type Color = readonly [red: number, green: number, blue: number];
interface Layer {
  readonly color: Color;
  /** Whether a point is in it; the icon reaches from 0 to 1 each way, downwards. */
  readonly contains: (x: number, y: number) => boolean;
}

/** A rectangle from corner to corner, with rounded corners. */
function rectangle(color: Color, corners: readonly [number, number, number, number], radius = 0): Layer {
  const [left, top, right, bottom] = corners;
  return {
    color,
    contains: (x, y) => {
      if (x < left || x > right || y < top || y > bottom) return false;
      const dx = Math.max(left + radius - x, 0, x - right + radius);
      const dy = Math.max(top + radius - y, 0, y - bottom + radius);
      return dx * dx + dy * dy <= radius * radius;
    },
  };
}

const BLUE: Color = [0x1d, 0x4f, 0x91], PALE: Color = [0xe8, 0xee, 0xf6];
const WOOD: Color = [0xc9, 0x7b, 0x2c], ROPE: Color = [0xf5, 0xd9, 0x8f];

/** From the back to the front. */
const LAYERS: readonly Layer[] = [
  rectangle(BLUE, [0, 0, 1, 1], 0.18),
  rectangle(WOOD, [0.27, 0.22, 0.73, 0.46], 0.03), // the drum
  ...[0.33, 0.43, 0.53, 0.63].map((x) => rectangle(ROPE, [x, 0.19, x + 0.06, 0.49], 0.03)),
  rectangle(ROPE, [0.475, 0.4, 0.525, 0.64]), // the rope that hangs down
  rectangle(PALE, [0.15, 0.13, 0.27, 0.87], 0.04), // the posts
  rectangle(PALE, [0.73, 0.13, 0.85, 0.87], 0.04),
  rectangle(WOOD, [0.82, 0.3, 0.93, 0.38], 0.03), // the crank
  rectangle(WOOD, [0.87, 0.3, 0.94, 0.56], 0.03),
  rectangle(PALE, [0.34, 0.62, 0.66, 0.84], 0.02), // the container
  ...[0.4, 0.48, 0.56].map((x) => rectangle(BLUE, [x, 0.67, x + 0.04, 0.79])),
];

/** The file's bytes: the format that Windows calls ICO, with 32 bits a pixel. The same at every call. */
export function drawIcon(): Uint8Array<ArrayBuffer> {
  const images = SIZES.map((size) => ({ size, bytes: encode(size, draw(size)) }));
  const header = new DataView(new ArrayBuffer(6 + 16 * images.length));
  header.setUint16(2, 1, true); // an icon, not a cursor
  header.setUint16(4, images.length, true);
  let offset = header.byteLength;
  images.forEach(({ size, bytes }, index) => {
    const entry = 6 + 16 * index;
    header.setUint8(entry, size % 256); // 0 stands for 256
    header.setUint8(entry + 1, size % 256);
    header.setUint16(entry + 4, 1, true); // planes
    header.setUint16(entry + 6, 32, true); // bits a pixel
    header.setUint32(entry + 8, bytes.length, true);
    header.setUint32(entry + 12, offset, true);
    offset += bytes.length;
  });
  return joinBytes([new Uint8Array(header.buffer), ...images.map(({ bytes }) => bytes)]);
}

/** Red, green, blue, opacity, row by row from the top. */
function draw(size: number): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(4 * size * size);
  for (let pixel = 0; pixel < size * size; pixel++) {
    const sum = [0, 0, 0, 0];
    for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
      const x = (pixel % size + (sample % SAMPLES + 0.5) / SAMPLES) / size;
      const y = (Math.floor(pixel / size) + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) / size;
      const color = LAYERS.findLast((layer) => layer.contains(x, y))?.color;
      if (color) [...color, 1].forEach((value, channel) => sum[channel]! += value);
    }
    const hits = sum[3]!;
    if (hits === 0) continue;
    for (let channel = 0; channel < 3; channel++) {
      pixels[4 * pixel + channel] = Math.round(sum[channel]! / hits);
    }
    pixels[4 * pixel + 3] = Math.round(255 * hits / (SAMPLES * SAMPLES));
  }
  return pixels;
}

function encode(size: number, pixels: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return size === PNG_SIZE ? encodePng({ width: size, height: size }, pixels) : encodeBitmap(size, pixels);
}

/** A bitmap without its file header: rows from the bottom, blue first, then a mask that opacity makes superfluous. */
function encodeBitmap(size: number, pixels: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const header = new DataView(new ArrayBuffer(40));
  header.setUint32(0, 40, true);
  header.setInt32(4, size, true);
  header.setInt32(8, 2 * size, true); // picture and mask
  header.setUint16(12, 1, true); // planes
  header.setUint16(14, 32, true); // bits a pixel
  const rows = new Uint8Array(pixels.length);
  for (let pixel = 0; pixel < size * size; pixel++) {
    const row = size - 1 - Math.floor(pixel / size);
    const [red = 0, green = 0, blue = 0, opacity = 0] = pixels.subarray(4 * pixel);
    rows.set([blue, green, red, opacity], 4 * (row * size + pixel % size));
  }
  const mask = new Uint8Array(size * 4 * Math.ceil(size / 32));
  return joinBytes([new Uint8Array(header.buffer), rows, mask]);
}
