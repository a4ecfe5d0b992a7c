/** The names and addresses of this machine: which of them reach a server, and which host names a request may use. */
package dev.flipbook.address;
