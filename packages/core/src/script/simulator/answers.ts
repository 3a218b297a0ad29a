import { type ModelFault, WRONG_TEXTS } from "./faults.js";

/** One answer over HTTP. */
export interface ModelAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const JSON_TYPE = "application/json";

/** The answer of a well-behaved provider around what the model wrote. */
export function completion(content: string, model: string, finishReason = "stop"): ModelAnswer {
  const choices = [{ index: 0, finish_reason: finishReason, message: { role: "assistant", content } }];
  const usage = { prompt_tokens: 420, completion_tokens: 60, total_tokens: 480 };
  const body = JSON.stringify({ id: "sim-1", object: "chat.completion", created: 0, model, choices, usage });
  return { status: 200, contentType: JSON_TYPE, body };
}

function refusal(status: number, message: string): ModelAnswer {
  return { status, contentType: JSON_TYPE, body: JSON.stringify({ error: { message, type: "simulated" } }) };
}

/** What a fault answers; undefined: nothing is answered. */
export function faultAnswer(fault: ModelFault, model: string): ModelAnswer | undefined {
  const good = JSON.stringify({ text: "生日快乐！" });
  switch (fault) {
    case "down":
    case "slow":
    case "drip":
      return undefined;
    case "overloaded":
      return refusal(503, "overloaded");
    case "throttled":
      return refusal(429, "rate limit");
    case "unauthorized":
      return refusal(401, "authentication fails");
    case "no-balance":
      return refusal(402, "insufficient balance");
    case "html":
      return { status: 200, contentType: "text/html", body: "<!doctype html><title>502</title><h1>Bad Gateway</h1>" };
    case "prose":
      return completion("好的，这是祝福：生日快乐！", model);
    case "fenced":
      return completion(`\`\`\`json\n${good}\n\`\`\``, model);
    case "wrong-schema":
      return completion(JSON.stringify({ message: ["生日快乐！"] }), model);
    case "extra-field":
      return completion(JSON.stringify({ text: "生日快乐！", note: "全场1折" }), model);
    case "empty":
      return completion("", model);
    case "cut-short":
      return completion('{"text":"生日', model, "length");
    case "megabyte":
      return completion(JSON.stringify({ text: "生".repeat(350_000) }), model);
    default:
      return completion(JSON.stringify({ text: WRONG_TEXTS[fault] ?? "" }), model);
  }
}
