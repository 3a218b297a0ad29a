// `npm start`: installs and builds what is missing, then becomes the reference server; arguments are the server's.
import { prepareAndImport } from "./prepare.mjs";

await prepareAndImport("examples/reference-server/dist/main.js");
