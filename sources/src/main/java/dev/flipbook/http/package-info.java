/** Sources on web servers: streams and single pictures of cameras and other servers, over HTTP and HTTPS. */
package dev.flipbook.http;
