export type { ChatMessage, OpenAiCompatibleOptions } from "../model/chat-call.js";
export {
  FINDING_CODES,
  type FindingSeverity,
  type GateResult,
  type ScriptFinding,
  type ScriptVerdict,
} from "./gate/finding.js";
export { type FoldedText, foldText, foldWords } from "./gate/fold.js";
export type { LexiconEntry } from "./gate/lexicon-entry.js";
export { type GateSubject, type ScriptGate, type ScriptGateOptions, scriptGate } from "./gate/script-gate.js";
export { MEDICAL_LEXICON } from "./lexicon/medical-lexicon.js";
export { openAiCompatible } from "./model/open-ai-compatible.js";
export { promptFor } from "./model/prompt.js";
export { renderScript, scriptVariables } from "./render-script.js";
export { type ScriptTemplate, type TemplateWriterOptions, templateWriter } from "./template-writer.js";
export { type CheckedScript, type CheckedWriting, type ScriptDraft, writeChecked } from "./write-checked.js";
