/** VS Code's own command line for dev containers, run by Deno: `dev_container_cli.ts up --workspace-folder FOLDER ...`. */
import "npm:@devcontainers/cli@0.89.0/devcontainer.js";
