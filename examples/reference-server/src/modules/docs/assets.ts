import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** A file that a documentation page loads from us. */
export interface Asset {
  readonly path: string;
  readonly contentType: string;
  load(): Promise<string>;
}

/** Redoc's bundle asks another host for its own logo; this takes the place of that address. */
const REDOC_LOGO = /https:\/\/cdn\.redoc\.ly\/[\w./-]+/g;
const NO_IMAGE = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";

const START_SWAGGER = `SwaggerUIBundle({
  url: new URL("../openapi.json", document.currentScript.src).href,
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
});
`;
const START_REDOC = `Redoc.init(new URL("../openapi.json", document.currentScript.src).href, { hideDownloadButtons: true }, document.getElementById("redoc"));
`;

/** Everything that `/docs` and `/redoc` load beside `/openapi.json`. */
export const docsAssets: readonly Asset[] = [
  fromPackage("/docs/swagger-ui.css", "text/css", () => require.resolve("swagger-ui-dist/swagger-ui.css")),
  fromPackage("/docs/swagger-ui-bundle.js", "text/javascript", () =>
    require.resolve("swagger-ui-dist/swagger-ui-bundle.js"),
  ),
  { path: "/docs/start.js", contentType: "text/javascript", load: async () => START_SWAGGER },
  fromPackage(
    "/redoc/redoc.standalone.js",
    "text/javascript",
    () => require.resolve("redoc/bundles/redoc.standalone.js"),
    (text) => text.replace(REDOC_LOGO, NO_IMAGE),
  ),
  { path: "/redoc/start.js", contentType: "text/javascript", load: async () => START_REDOC },
];

function fromPackage(
  path: string,
  contentType: string,
  file: () => string,
  change: (text: string) => string = (text) => text,
): Asset {
  let loaded: Promise<string> | undefined;
  return {
    path,
    contentType,
    load() {
      loaded ??= readFile(file(), "utf8").then(change);
      return loaded;
    },
  };
}
