// A line between browser and server that breaks: of the first uploads each is cut off after some bytes.
import { connect, createServer } from "node:net";

/**
 * @param target port of the server on this machine
 * @param cuts   how many connections are cut once they have carried `after` bytes to the server
 * @returns {url, cut: () => number of connections cut so far, stop}
 */
export async function startCuttingProxy(target, { cuts, after }) {
  let done = 0;
  const open = new Set();
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("close", () => open.delete(socket));
      socket.on("error", () => {});
    }
    let sent = 0;
    client.on("data", (bytes) => {
      sent += bytes.length;
      if (sent > after && done < cuts) {
        done++;
        client.destroy();
        upstream.destroy();
      }
    });
    client.pipe(upstream);
    upstream.pipe(client);
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    cut: () => done,
    stop() {
      for (const socket of open) socket.destroy();
      return new Promise((closed) => server.close(closed));
    },
  };
}
