/** The one place that holds the version; the release script checks that a tag says the same. */
export const VERSION = "0.1.0";
