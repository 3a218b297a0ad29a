export { hasConsoleBuild } from "./files.js";
