// Where the project lives on the web. Manifests, package READMEs and the API reference are held to it.

/** Address of the repository. */
export const PROJECT_URL = "https://github.com/recallkit/recallkit";
/** Address of a file of the main branch is this and its path. */
export const FILES_URL = `${PROJECT_URL}/blob/main/`;
