/** What a server of HTTP needs to show feeds, whichever server it is: what a request asks for, and what the answer says. */
package dev.flipbook.web;
