/** What desktops set for their programs; without one there is no screen to open a page on. */
const SCREEN_VARIABLES = ["DISPLAY", "WAYLAND_DISPLAY"];

/** Hands the page to the desktop's `xdg-open`, which stays as long as the browser with some of them. */
export function openWithDesktop(url: string): boolean {
  if (!SCREEN_VARIABLES.some((name) => Deno.env.get(name))) return false;
  try {
    new Deno.Command("xdg-open", {
      args: [url],
      stdin: "null",
      stdout: "null",
      stderr: "null",
      detached: true,
    }).spawn().unref();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}
