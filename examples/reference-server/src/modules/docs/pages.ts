import { type Reply, reply } from "@recallkit/http";
import { PAGE_POLICY } from "../../frame/response-headers.js";

/** An HTML page: scripts and styles are files of ours. */
export function page(options: {
  readonly title: string;
  readonly body: string;
  readonly styles?: readonly string[];
  readonly scripts?: readonly string[];
}): Reply {
  const { title, body, styles = [], scripts = [] } = options;
  const html = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
${styles.map((href) => `<link rel="stylesheet" href="${href}">`).join("\n")}
</head>
<body>
${body}
${scripts.map((src) => `<script src="${src}"></script>`).join("\n")}
</body>
</html>
`;
  return reply(html, { headers: { "content-security-policy": PAGE_POLICY } });
}

/** Text as it may stand in HTML, attributes included. */
export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
