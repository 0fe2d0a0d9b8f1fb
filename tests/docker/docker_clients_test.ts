/**
 * What Docker's own clients do, on a bare dockerd and through the socket that Windlass serves. A case that fails on
 * Windlass alone, or gives another result there, fails the suite; one that fails on both is shown as ignored.
 *
 * `WINDLASS_DOCKER_CASES` is a regular expression that chooses cases by name.
 */
import { CASES } from "./cases/all_cases.ts";
import { compareCases } from "./compare_engines.ts";

Deno.test(
  "Docker clients work through Windlass as on a bare dockerd",
  (test) => compareCases(test, CASES),
);
