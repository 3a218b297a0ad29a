import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { completion, faultAnswer, type ModelAnswer } from "./answers.js";
import type { ModelFault } from "./faults.js";

/** Options of {@link startModelSimulator}. */
export interface ModelSimulatorOptions {
  /** Key that calls have to bring. @default "simulator-key" */
  readonly apiKey?: string;
  /** 0 takes any free port. @default 0 */
  readonly port?: number;
}

/** One call as it came. */
export interface ModelCall {
  /** Body of the request. */
  readonly body: string;
  /** Whether the key was right. */
  readonly isAuthorized: boolean;
}

/** A provider of chat completions on loopback. */
export interface ModelSimulator {
  /** Whole address of chat completions. */
  readonly url: string;
  /** Key that calls have to bring. */
  readonly apiKey: string;
  /** Every call, in order. */
  readonly calls: readonly ModelCall[];
  /** What the next calls meet, one each; after them it answers well. `null` is a good answer. */
  script(...faults: readonly (ModelFault | null)[]): void;
  /** What all calls meet from now on; null: they are answered well. */
  always(fault: ModelFault | null): void;
  /** Text of good answers. */
  say(text: string): void;
  /** Object of good answers, of whatever form. */
  sayJson(value: unknown): void;
  /** Resolves when so many calls have come. */
  received(count: number): Promise<void>;
  /** Holds answers back until the function that it gives is called. */
  hold(): () => void;
  /** Cuts what hangs, and ends. */
  close(): Promise<void>;
}

const PATH = "/v1/chat/completions";
const MOST_BODY = 1024 * 1024;

/**
 * Plays a provider of chat completions, with what providers and models do wrong.
 *
 * ```ts
 * const simulator = await startModelSimulator();
 * simulator.script("overloaded", "banned-claim");
 * ```
 */
export async function startModelSimulator(options: ModelSimulatorOptions = {}): Promise<ModelSimulator> {
  const { apiKey = "simulator-key", port = 0 } = options;
  const calls: ModelCall[] = [];
  const waiting = new Set<() => void>();
  let scripted: (ModelFault | null)[] = [];
  let lasting: ModelFault | null = null;
  let content = JSON.stringify({ text: "您好！生日将至，祝您生日快乐，平安喜乐。" });
  let held: Promise<void> | undefined;

  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const isAuthorized = request.headers.authorization === `Bearer ${apiKey}`;
    calls.push({ body, isAuthorized });
    for (const look of [...waiting]) look();
    await held;
    if (request.method !== "POST" || request.url !== PATH) return send(response, notFound);
    if (!isAuthorized) return send(response, faultAnswer("unauthorized", ""));
    const model = modelIn(body);
    if (model === undefined) return send(response, { ...notFound, status: 400 });
    const fault = scripted.length > 0 ? (scripted.shift() ?? null) : lasting;
    if (fault === "down") return void response.destroy();
    if (fault === "slow") return;
    if (fault === "drip") return void response.writeHead(200, { "content-type": "application/json" }).write("\n\n");
    send(response, fault === null ? completion(content, model) : faultAnswer(fault, model));
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${bound}${PATH}`,
    apiKey,
    calls,
    script: (...faults) => {
      scripted = [...faults];
    },
    always: (fault) => {
      lasting = fault;
    },
    say: (text) => {
      content = JSON.stringify({ text });
    },
    sayJson: (value) => {
      content = JSON.stringify(value);
    },
    received: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (calls.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    hold() {
      let release = () => {};
      held = new Promise((resolve) => {
        release = () => {
          held = undefined;
          resolve();
        };
      });
      return () => release();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const notFound: ModelAnswer = {
  status: 404,
  contentType: "application/json",
  body: '{"error":{"message":"not found"}}',
};

function send(response: ServerResponse, answer: ModelAnswer | undefined): void {
  if (!answer) return void response.destroy();
  response.writeHead(answer.status, { "content-type": answer.contentType }).end(answer.body);
}

/** The model that a request names, when it is one that a real provider would take. */
function modelIn(body: string): string | undefined {
  try {
    const { model, messages, response_format: format } = JSON.parse(body);
    const isWhole = Array.isArray(messages) && messages.length > 0 && typeof model === "string";
    // As DeepSeek does: JSON is promised only to those who ask for it by name.
    const asksForJson = format?.type === undefined || /json/i.test(JSON.stringify(messages));
    return isWhole && asksForJson ? model : undefined;
  } catch {
    return undefined;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  request.setEncoding("utf8");
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > MOST_BODY) throw new Error("the body is too large");
  }
  return body;
}
