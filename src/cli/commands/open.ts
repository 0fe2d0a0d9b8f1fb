import { hostClient } from "../../host/host_client.ts";
import { openInBrowser } from "../../platform/this_browser.ts";
import { requirePrivileges } from "../../platform/privileges.ts";
import type { CommandContext } from "../command.ts";
import { ensureHost } from "../ensure_host.ts";
import { describeError, EXIT } from "../print_error.ts";
import { waitForEngine } from "./start.ts";

/** The host makes a link from memory; one that takes this long is stuck. */
const LINK_MILLISECONDS = 5_000;

/**
 * `windlass open`: what a double-click does. The first one shows how the first run goes, and then the page; later
 * ones only show the page.
 */
export async function open(context: CommandContext): Promise<number> {
  try {
    return await showPage(context);
  } catch (error) {
    // A console that was made for this program goes with it, and the user could not read why.
    if (context.environment()["WINDLASS_OWN_CONSOLE"] !== "1" || context.interrupted()) throw error;
    const { text, exitCode } = describeError(error);
    context.note(`${text}\nPress Enter to close this window\n`);
    await context.waitForEnter();
    return exitCode;
  }
}

async function showPage(context: CommandContext): Promise<number> {
  const home = context.home();
  requirePrivileges("open Windlass");
  using client = hostClient(home);
  const running = await ensureHost(home, client, context);
  await client.engine.start({ signal: context.signal });
  if (running === undefined) await waitForEngine(home, client, context);
  const url = await client.createPageLink({ signal: AbortSignal.timeout(LINK_MILLISECONDS) });
  // Printed also where a browser has been asked: whether it came up cannot be known.
  context.print(`${url}\n`);
  if (!await openInBrowser(url)) context.note("Open this address in a browser; it can be used once\n");
  return EXIT.ok;
}
