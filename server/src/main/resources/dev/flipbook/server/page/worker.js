/** The connection in a thread of its own: pictures are painted there also while the page is busy. */

import { Connection } from './connection.js';

/** @type {any} */
let connection;

onmessage = ({ data: { call, args } }) => {
  if (call === 'connect') connection = new Connection(args[0], (message) => postMessage(message));
  else connection[call](...args);
};
