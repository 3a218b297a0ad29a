export { listApiKeys } from "./api-key-store.js";
export { createApiKey, revokeApiKey } from "./api-keys.js";
export { isCommonPassword } from "./common-password.js";
export { copyUsers } from "./copy-users.js";
export { logIn, sessionOfToken, sessionOfVisit } from "./login.js";
export { DEFAULT_PASSWORD_COST, isPasswordHash } from "./password.js";
export { listMembers, type Member } from "./store.js";
export { createUser, editUser, type NewUser, removeUser, type UserPatch } from "./users.js";
