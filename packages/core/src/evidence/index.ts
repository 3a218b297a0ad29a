// Evidence of single pushes: `@recallkit/core/evidence`, which needs no kit, so that anybody can look at a pack.
export { canonicalJson, type JsonValue } from "./canonical-json.js";
export {
  chainFacts,
  EVIDENCE_FORMAT,
  EVIDENCE_KINDS,
  type EvidenceEntry,
  type EvidenceFact,
  type EvidenceKind,
  type EvidencePack,
  evidenceText,
} from "./evidence-pack.js";
export { type EvidenceVerdict, verifyEvidence } from "./verify-evidence.js";
