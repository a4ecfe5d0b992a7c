/** Runs the connection in a worker, so that pictures are painted while the page is busy. */

import { Connection } from './connection.js';

/** @type {any} */
let connection;

onmessage = ({ data: { call, args } }) => {
  if (call === 'connect') connection = new Connection(args[0], (message) => postMessage(message));
  else connection[call](...args);
};
