/**
 * What every HTTP server needs to serve feeds, whichever library it is made with: what a request asks for, and what the
 * response says.
 */
package dev.flipbook.web;
