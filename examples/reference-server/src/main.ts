// A stop signal counts from the first moment; the server brings its own handlers once its modules are read.
const stop = () => process.exit(0);
process.on("SIGTERM", stop).on("SIGINT", stop);

// Whoever reads what is printed may stop reading, as `head` does: no reason to end a server.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

const { runServerProcess } = await import("./server-process.js");
process.off("SIGTERM", stop).off("SIGINT", stop);
await runServerProcess(process.argv.slice(2));

export {};
