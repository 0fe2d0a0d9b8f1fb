import { OPERATING_SYSTEM } from "./operating_system.ts";

/**
 * Asks the user's browser to show a page, and does not wait for it. Whether it did cannot be known for sure.
 *
 * @returns `false` if it certainly cannot be shown, as on a machine without a screen.
 */
export async function openInBrowser(url: string): Promise<boolean> {
  switch (OPERATING_SYSTEM) {
    case "linux":
      return (await import("./linux/browser.ts")).openWithDesktop(url);
    case "windows":
      return (await import("./windows/browser.ts")).openWithShell(url);
  }
}
