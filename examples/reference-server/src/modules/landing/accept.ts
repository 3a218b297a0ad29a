import type { Headers } from "@recallkit/http";

/** Whether somebody would rather see a page than JSON: browsers say so, programs name JSON or nothing. */
export function prefersPage({ accept = "" }: Headers): boolean {
  const [html, json] = ["text/html", "application/json"].map((type) => weightOf(accept, type));
  return html !== undefined && (json === undefined || html > json);
}

function weightOf(accept: string, type: string): number | undefined {
  const part = accept
    .toLowerCase()
    .split(",")
    .map((one) => one.trim().split(/\s*;\s*/))
    .find(([name]) => name === type);
  if (!part) return undefined;
  const quality = part.map((one) => /^q=([\d.]+)$/.exec(one)?.[1]).find(Boolean);
  return quality === undefined ? 1 : Number(quality);
}
