/** One part of a `multipart/form-data` body. */
export interface Part {
  readonly name: string | undefined;
  /** Plain `filename` only: the provider does not read the encoded form `filename*`. */
  readonly filename: string | undefined;
  /** The provider's own parameter; absent when the sender's library can't add it. */
  readonly fileLength: number | undefined;
  readonly content: Buffer;
}

const blankLine = Buffer.from("\r\n\r\n");

/**
 * The parts of a body; empty when the type is not multipart or the body is not well-formed to its end.
 */
export function parseMultipart(contentType: string, body: Buffer): readonly Part[] {
  const match = /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) return [];
  const opening = Buffer.from(`--${boundary}`);
  const divider = Buffer.from(`\r\n--${boundary}`);
  if (!body.subarray(0, opening.length).equals(opening)) return [];

  const parts: Part[] = [];
  let position = opening.length;
  while (body.toString("latin1", position, position + 2) === "\r\n") {
    const end = body.indexOf(divider, position);
    // The search begins at the line end before the headers, so that a part without headers is found too.
    const headersEnd = body.indexOf(blankLine, position);
    if (end < 0 || headersEnd < 0 || headersEnd > end) return [];
    const headers = body.toString("utf8", position + 2, headersEnd);
    parts.push({ ...readDisposition(headers), content: body.subarray(headersEnd + blankLine.length, end) });
    position = end + divider.length;
  }
  return body.toString("latin1", position, position + 2) === "--" ? parts : [];
}

function readDisposition(headers: string): Omit<Part, "content"> {
  const line = headers.split("\r\n").find((header) => /^content-disposition:/i.test(header)) ?? "";
  const length = parameter(line, "filelength");
  return {
    name: parameter(line, "name"),
    filename: parameter(line, "filename"),
    fileLength: length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined,
  };
}

function parameter(line: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;"]+))`, "i").exec(line);
  return match?.[1]?.replace(/\\(.)/g, "$1") ?? match?.[2];
}
