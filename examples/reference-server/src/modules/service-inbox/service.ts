// What others may use of this module.

export { contactNotes } from "./binding/contact-notes.js";
export { memberMessages } from "./sessions/member-messages.js";
export { sidebarKey } from "./sidebar/sidebar-of.js";
