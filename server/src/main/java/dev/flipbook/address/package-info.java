/** The names and addresses of this machine: which of them reach a server, and which names a request may use for it. */
package dev.flipbook.address;
