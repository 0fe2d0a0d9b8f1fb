import { execArgument } from "../platform/linux/autostart.ts";
import { PRODUCT } from "./product.ts";

/** The text of the entry in the menu of a Linux desktop. A terminal shows how the first start goes. Pure. */
export function menuEntryText(program: string): string {
  return [
    "[Desktop Entry]",
    "Type=Application",
    `Name=${PRODUCT.name}`,
    `Comment=${PRODUCT.summary}`,
    `Exec=${execArgument(program)} open`,
    "Terminal=true",
    "Categories=Development;",
    "",
  ].join("\n");
}
