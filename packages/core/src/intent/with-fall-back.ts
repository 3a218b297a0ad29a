import type { IntentClassifier } from "../ports/intent-classifier.js";

/** Asks `first`, and `second` when the first has no answer; the reason then says why. What both took is added up. */
export function withFallBack(first: IntentClassifier, second: IntentClassifier): IntentClassifier {
  return {
    name: `${first.name}+${second.name}`,
    async classify(request, options) {
      const answer = await first.classify(request, options);
      if (answer.kind === "classified") return answer;
      const other = await second.classify(request, options);
      const prompt = answer.tokens.prompt + other.tokens.prompt;
      const tokens = { prompt, completion: answer.tokens.completion + other.tokens.completion };
      if (other.kind === "failed") return { ...other, tokens };
      return { ...other, tokens, reason: `${first.name}: ${answer.reason}; ${other.reason}` };
    },
  };
}
