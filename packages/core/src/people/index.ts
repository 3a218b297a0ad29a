// What is told of people, slots and alarms in words: `@recallkit/core/people`, types and the sentences.

export type { AlarmMute } from "../delivery/alarm-mutes.js";
export { alarmSentence, alarmText } from "../delivery/alarm-sentences.js";
export type { StaffPage, StaffTask } from "../delivery/staff.js";
export { LANGUAGES, type Language, type Sentence } from "../language.js";
export type { UpcomingNote, UpcomingOptions, UpcomingSlot } from "../schedule/upcoming.js";
export type { ExplainOptions, PersonExplanation } from "./explain-person.js";
export type { FoundPerson, PeopleSearch, PersonRef } from "./find-person.js";
export { outcomeSentence, reasonSentence } from "./outcome-sentence.js";
export type { AttemptStory, PushStory } from "./push-story.js";
export type { PersonEvent, TimelineOptions } from "./timeline.js";
export { TIMELINE_CURSOR } from "./timeline-cursor.js";
