import type { VueQueryPluginOptions } from "@tanstack/vue-query";
import { Failure } from "./client";

/** How answers are kept: shown at once, asked for again when the page is looked at. */
export const queryOptions: VueQueryPluginOptions = {
  queryClientConfig: {
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // What the server refuses stays refused; only a server that does not answer is asked again.
        retry: (count, error) => count < 2 && !(error instanceof Failure && error.status < 500),
      },
    },
  },
};
