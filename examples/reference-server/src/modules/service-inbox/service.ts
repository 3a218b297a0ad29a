// What others may use of this module.

export { contactNotes } from "./binding/contact-notes.js";
export { memberMessages } from "./sessions/member-messages.js";
