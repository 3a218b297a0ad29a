// What is told of single people, in words: `@recallkit/core/people`, types and the sentences.
export { LANGUAGES, type Language, type Sentence } from "../language.js";
export type { ExplainOptions, PersonExplanation } from "./explain-person.js";
export type { FoundPerson, PeopleSearch, PersonRef } from "./find-person.js";
export { outcomeSentence, reasonSentence } from "./outcome-sentence.js";
export type { AttemptStory, PushStory } from "./push-story.js";
export type { PersonEvent, TimelineOptions } from "./timeline.js";
export { TIMELINE_CURSOR } from "./timeline-cursor.js";
